import MySQLClient
import Schema
import Store

/// Makes the tables of a store what they are declared to be, where an earlier release made them.
///
/// Only what is missing is added: tables, columns and keys. Each of its statements does nothing
/// where another process was first, so that several may upgrade at once; the version is set last.
/// A change of another kind needs statements of its own here.
struct TableUpgrade {
    /// The `CREATE TABLE` statements, with one column or key in a line.
    var declared = StoreTables.statements
    let connection: Connection

    /// Throws `notAStore` where a table of one of the names is not Plumb's.
    func requireOwn(at place: String) throws {
        for table in tables {
            guard let comment = try comment(of: table.name) else { continue }
            guard comment.hasPrefix(Self.mark) else {
                throw StoreError.notALedger(place, "its table `\(table.name)` is another one")
            }
        }
    }

    /// How the comment of each table begins.
    private static let mark = "Plumb: "

    private func comment(of table: String) throws(MySQLError) -> String? {
        try connection.query(
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() "
                + "AND table_name = \(SQL.literal(table))"
        ).first.map { $0[0] ?? "" }
    }

    func run() throws(MySQLError) {
        for table in tables {
            try connection.execute(table.statement)
            let columns = try names("column_name", "columns", of: table.name)
            for column in table.columns where !columns.contains(column.name) {
                try add("COLUMN \(column.text)", to: table.name)
            }
            let keys = try names("index_name", "statistics", of: table.name)
            for key in table.keys where !keys.contains(key.name) {
                try add(key.text, to: table.name)
            }
        }
    }

    private func names(
        _ column: String, _ list: String, of table: String
    ) throws(MySQLError) -> Set<String> {
        Set(
            try connection.query(
                "SELECT \(column) FROM information_schema.\(list) WHERE table_schema = DATABASE() "
                    + "AND table_name = \(SQL.literal(table))"
            ).compactMap { $0[0] })
    }

    private func add(_ what: String, to table: String) throws(MySQLError) {
        do throws(MySQLError) {
            try connection.execute("ALTER TABLE \(table) ADD \(what)")
        } catch  where Self.isThere.contains(error.number) {
            // Another process added it meanwhile.
        }
    }

    /// `ER_DUP_FIELDNAME` and `ER_DUP_KEYNAME`.
    private static let isThere: Set<UInt32> = [1060, 1061]

    // MARK: The declarations

    private struct Part {
        let name: String
        let text: String
    }

    private struct Table {
        let name: String
        let statement: String
        var columns: [Part] = []
        var keys: [Part] = []
    }

    private var tables: [Table] {
        declared.compactMap { statement in
            let lines = statement.split(separator: "\n").map { $0.drop { $0 == " " } }
            let words = lines.first?.split(separator: " ") ?? []
            guard let name = words.dropLast().last else { return nil }
            var table = Table(name: String(name), statement: statement)
            for line in lines.dropFirst().dropLast() {
                let text = String(line.hasSuffix(",") ? line.dropLast() : line)
                let first = text.prefix { $0 != " " }
                switch first {
                case "PRIMARY": continue
                case "UNIQUE", "KEY":
                    // Named, so that it is not added twice.
                    guard let open = text.firstIndex(of: "("),
                        let column = text[open...].dropFirst().split(whereSeparator: {
                            ",)".contains($0)
                        }).first
                    else { continue }
                    table.keys.append(
                        Part(
                            name: String(column),
                            text: "\(text[..<open])\(column) \(text[open...])"))
                default: table.columns.append(Part(name: String(first), text: text))
                }
            }
            return table
        }
    }
}
