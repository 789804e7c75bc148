import Diff
import Execution
import Schema

/// One of the forms that a table of the simulation can have: which of its columns are there.
struct Shape: Hashable, Sendable {
    let table: Int
    /// One bit for each column.
    let columns: UInt8

    /// How many columns a table can have beside its key.
    static let columnCount = 6

    var name: String { Self.name(table) }
    static func name(_ table: Int) -> String { "t\(table)" }

    /// As a server prints it.
    var text: String {
        var lines = ["CREATE TABLE `\(name)` (", "  `id` bigint(20) NOT NULL,"]
        for column in 0..<Self.columnCount where columns & (1 << column) != 0 {
            lines.append("  `c\(column)` int(11) DEFAULT NULL,")
        }
        lines += ["  PRIMARY KEY (`id`)"]
        return lines.joined(separator: "\n")
            + "\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
    }

    /// Whether a change of the table is one statement for each column, or one for all.
    static func isSplit(_ table: Int) -> Bool { table % 3 != 0 }
}

/// What a statement does to a table, as the simulated server understands it.
enum StatementMeaning: Hashable, Sendable {
    case create(Shape)
    case drop(table: Int)
    case alter(table: Int, adds: UInt8, drops: UInt8)

    var table: Int {
        switch self {
        case .create(let shape): shape.table
        case .drop(let table), .alter(let table, _, _): table
        }
    }

    /// The columns afterwards, nil for an absent table; throws where the server refuses.
    func apply(to live: UInt8?) throws(RefusedStatement) -> UInt8? {
        switch (self, live) {
        case (.create(let shape), nil): return shape.columns
        case (.create, .some): throw RefusedStatement(reason: "the table exists")
        case (.drop, nil), (.alter, nil): throw RefusedStatement(reason: "no such table")
        case (.drop, .some): return nil
        case (.alter(_, let adds, let drops), let live?):
            guard live & adds == 0 else { throw RefusedStatement(reason: "duplicate column") }
            guard live & drops == drops else { throw RefusedStatement(reason: "no such column") }
            return live & ~drops | adds
        }
    }
}

/// A server refuses a statement, which changes nothing.
struct RefusedStatement: Error {
    let reason: String
}

/// Every shape and statement that came up, shared by all worlds of the process: they never change.
enum Shapes {
    private struct Known {
        var tables: [Shape: CatalogTable] = [:]
        var shapes: [Digest: Shape] = [:]
        var meanings: [String: StatementMeaning] = [:]
    }

    private static let known = Lock(Known())

    static func table(_ shape: Shape) -> CatalogTable {
        known.withLock { known in
            if let table = known.tables[shape] { return table }
            let table = CatalogTable(canonicalText: shape.text, flavour: .mariadb)
            known.tables[shape] = table
            known.shapes[table.digest] = shape
            return table
        }
    }

    static func shape(_ digest: Digest) -> Shape? { known.withLock { $0.shapes[digest] } }

    static func digest(_ table: Int, _ columns: UInt8?) -> Digest? {
        columns.map { Self.table(Shape(table: table, columns: $0)).digest }
    }

    /// The digest of a table among those of a revision; nil for an absent one.
    static func digest(_ object: ObjectName, _ tables: [Int: UInt8]) -> Digest? {
        guard let table = Int(object.name.dropFirst()) else { return nil }
        return digest(table, tables[table])
    }

    /// What a statement means to a server; nil for one that nobody planned.
    static func meaning(_ sql: String) -> StatementMeaning? {
        known.withLock { $0.meanings[sql] }
    }

    /// The statements from one shape of a table to another, nil for an absent one.
    static func statements(_ table: Int, from: UInt8?, to: UInt8?) -> [PlanStatement] {
        switch (from, to) {
        case (nil, nil): []
        case (nil, let to?):
            [statement(.create(Shape(table: table, columns: to)), after: to, on: table)]
        case (.some, nil): [statement(.drop(table: table), after: nil, on: table)]
        case (let from?, let to?): alters(table, from, to)
        }
    }

    private static func alters(_ table: Int, _ from: UInt8, _ to: UInt8) -> [PlanStatement] {
        let (adds, drops) = (to & ~from, from & ~to)
        guard Shape.isSplit(table) else {
            return [statement(.alter(table: table, adds: adds, drops: drops), after: to, on: table)]
        }
        var statements: [PlanStatement] = []
        var now = from
        for column in 0..<Shape.columnCount {
            let bit = UInt8(1) << column
            guard (adds | drops) & bit != 0 else { continue }
            now ^= bit
            statements.append(
                statement(
                    .alter(table: table, adds: adds & bit, drops: drops & bit), after: now,
                    on: table))
        }
        return statements
    }

    private static func statement(
        _ meaning: StatementMeaning, after: UInt8?, on table: Int
    ) -> PlanStatement {
        let sql = sql(meaning, after: after ?? 0)
        known.withLock { $0.meanings[sql] = meaning }
        return PlanStatement(sql: sql, after: digest(table, after))
    }

    /// - Parameter after: the columns that the table has then, which stand in their order.
    private static func sql(_ meaning: StatementMeaning, after: UInt8) -> String {
        switch meaning {
        case .create(let shape): return shape.text
        case .drop(let table): return "DROP TABLE `\(Shape.name(table))`"
        case .alter(let table, let adds, let drops):
            let clauses = (0..<Shape.columnCount).compactMap { column -> String? in
                let bit = UInt8(1) << column
                if adds & bit != 0 {
                    let before = (0..<column).last { after & (1 << $0) != 0 }
                    return "ADD COLUMN `c\(column)` int(11) DEFAULT NULL AFTER "
                        + (before.map { "`c\($0)`" } ?? "`id`")
                }
                return drops & bit != 0 ? "DROP COLUMN `c\(column)`" : nil
            }
            return "ALTER TABLE `\(Shape.name(table))` " + clauses.joined(separator: ", ")
        }
    }
}
