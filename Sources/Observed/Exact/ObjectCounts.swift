import MySQLClient
import Schema

/// Counts the triggers, routines and events of databases in which Plumb does not manage them.
enum ObjectCounts {
    /// Up to this many databases the query names them; beyond, it reads those of the whole server.
    private static let namedAtMost = 4

    /// Counts in one query.
    ///
    /// Servers leave out of their lists what an account may not see, which is no problem: nobody
    /// manages it. A list that cannot be read is not an empty one.
    static func read(
        on connection: Connection, databases: [String], folding: NameFolding
    ) throws(MySQLError) -> [String: [CountedObjectKind: Int]] {
        var result: [String: [CountedObjectKind: Int]] = [:]
        let rows = try connection.query(question(databases: databases))
        for row in rows {
            guard let name = row[0], let kind = kind(row[1]), let count = Int(row[2] ?? "") else {
                continue
            }
            result[folding.stored(name), default: [:]][kind, default: 0] += count
        }
        return result
    }

    private static func question(databases: [String]) -> String {
        let sources = [
            (view: "TRIGGERS", schema: "TRIGGER_SCHEMA", kind: "'TRIGGER'"),
            (view: "ROUTINES", schema: "ROUTINE_SCHEMA", kind: "ROUTINE_TYPE"),
            (view: "EVENTS", schema: "EVENT_SCHEMA", kind: "'EVENT'"),
        ]
        let names: [String?] = databases.count <= namedAtMost ? databases : [nil]
        return sources.flatMap { source in
            names.map { name in
                "SELECT \(source.schema) AS place, \(source.kind) AS kind, COUNT(*) "
                    + "FROM information_schema.\(source.view) "
                    + (name.map { "WHERE \(source.schema) = \(SQL.literal($0)) " } ?? "")
                    + "GROUP BY place, kind"
            }
        }.joined(separator: " UNION ALL ")
    }

    private static func kind(_ word: String?) -> CountedObjectKind? {
        switch word {
        case "TRIGGER": .trigger
        case "PROCEDURE": .procedure
        case "FUNCTION": .function
        case "PACKAGE": .package
        // The second half of a package, which is counted already.
        case "PACKAGE BODY": nil
        case "EVENT": .event
        default: .other
        }
    }
}
