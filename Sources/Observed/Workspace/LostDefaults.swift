/// Columns of MySQL without any default, which `ALTER TABLE … ALTER … DROP DEFAULT` makes.
///
/// `SHOW CREATE TABLE` prints such a column without `DEFAULT NULL`, but `CREATE TABLE` with the
/// same text gives it that default. Where a file equals the server's text in every other byte, the
/// missing clause means that there is no default; in any other file it means `DEFAULT NULL`.
enum LostDefaults {
    /// Whether `written` equals `shown`, the server's text of the table made from it, except for
    /// `DEFAULT NULL` of some columns.
    static func areAll(between written: String, and shown: String) -> Bool {
        written.utf8.count < shown.utf8.count && without(written) == without(shown)
    }

    private static func without(_ text: String) -> String {
        text.replacing(" DEFAULT NULL", with: "")
    }
}
