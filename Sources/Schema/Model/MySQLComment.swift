/// The version comments that stand for a field of the model.
enum MySQLComment {
    static let invisibleColumn = "/*!80023 INVISIBLE */"
    static let invisibleIndex = "/*!80000 INVISIBLE */"
    static let notEnforced = "/*!80016 NOT ENFORCED */"
    /// Printed with a blank behind it.
    static let parserPrefix = "/*!50100 WITH PARSER"
}
