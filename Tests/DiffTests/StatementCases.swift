/// A pair of tables as people write them, and the statements that lead from one to the other.
struct StatementCase: CustomStringConvertible, Sendable {
    let name: String
    /// What stands behind `CREATE TABLE t`.
    let from: String
    let to: String
    var renames: [(String, String)] = []
    /// On MariaDB 10.11.
    let statements: [String]

    var description: String { name }
}

enum StatementCases {
    static let all = [
        StatementCase(
            name: "add a column at the end", from: "(a int)", to: "(a int, b int)",
            statements: ["ALTER TABLE `t` ADD COLUMN `b` int(11) DEFAULT NULL"])
    ]
}
