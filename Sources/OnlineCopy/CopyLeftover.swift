import Foundation
import MySQLClient
import Schema

/// A copy that is there, as its own table beside it tells.
package struct CopyLeftover: Hashable, Sendable {
    package let names: CopyNames
    package let progress: CopyProgress
    /// How long the former table is still to be kept; nil where it is not kept.
    package let secondsLeft: Int?

    /// The copies in a database, by name. What has such a name and is none is left out.
    ///
    /// Costs a look at all tables of the database, and one at each copy.
    package static func list(
        in database: String, on connection: Connection
    ) throws(MySQLError) -> [CopyLeftover] {
        let suffix = CopyNames.progressSuffix
        return try find(
            "RIGHT(table_name, \(suffix.count)) = \(SQL.literal(suffix))", in: database,
            on: connection)
    }

    /// The copy with these names; nil where there is none. Costs the same however many tables the
    /// database has.
    package static func find(
        _ names: CopyNames, in database: String, on connection: Connection
    ) throws(MySQLError) -> CopyLeftover? {
        try find(
            "table_name = \(SQL.literal(names.progress))", in: database, on: connection
        ).first
    }

    private static func find(
        _ condition: String, in database: String, on connection: Connection
    ) throws(MySQLError) -> [CopyLeftover] {
        let found = try connection.query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = "
                + "\(SQL.literal(database)) AND \(condition) "
                + "AND table_comment = \(SQL.literal(ProgressTable.comment)) ORDER BY 1")
        var leftovers: [CopyLeftover] = []
        for name in found.compactMap({ $0[0] }) {
            guard let table = CopyNames.table(of: name), let names = CopyNames(of: table) else {
                continue
            }
            let row = try connection.query(
                "SELECT document, UNIX_TIMESTAMP() FROM \(SQL.identifier(database))."
                    + SQL.identifier(name)
            ).first
            guard let document = row?.bytes(0),
                let progress = try? JSONDecoder().decode(CopyProgress.self, from: Data(document))
            else { continue }
            let now = row?[1].flatMap { Int($0) } ?? 0
            leftovers.append(
                CopyLeftover(
                    names: names, progress: progress,
                    secondsLeft: progress.keptUntil.map { max(0, $0 - now) }))
        }
        return leftovers
    }

    /// Whether the copy has taken the table's place.
    package var hasSwapped: Bool {
        switch progress.phase {
        case .copying, .indexing, .following: false
        case .swapped, .reverted, .leaving: true
        }
    }

    /// Whether nothing keeps the former table any more.
    package var isDue: Bool {
        progress.phase == .leaving || progress.phase == .swapped && secondsLeft == 0
    }

    /// Takes the former table away, and what is known of the copy.
    package func removeFormer(
        from database: String, on connection: Connection
    ) throws(MySQLError) {
        // Once the former table is back in its place, the copy is what is left.
        let left = progress.phase == .reverted ? names.shadow : names.former
        for name in [left, names.progress] {
            try connection.execute(
                "DROP TABLE IF EXISTS \(SQL.identifier(database)).\(SQL.identifier(name))")
        }
    }
}
