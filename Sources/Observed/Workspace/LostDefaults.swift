/// Columns that MySQL knows without any default: `ALTER TABLE … ALTER … DROP DEFAULT` leaves them.
///
/// `SHOW CREATE TABLE` prints such a column without `DEFAULT NULL`, and `CREATE TABLE` reads the
/// same text as if it were there. A file that is the server's own text in every other byte says
/// that the column has no default; in any other file it says nothing, and means `DEFAULT NULL`.
enum LostDefaults {
    /// True where `written` is what the server shows of the table that it makes of it, but for
    /// `DEFAULT NULL` at some columns.
    static func areAll(between written: String, and shown: String) -> Bool {
        written.utf8.count < shown.utf8.count && without(written) == without(shown)
    }

    private static func without(_ text: String) -> String {
        text.replacing(" DEFAULT NULL", with: "")
    }
}
