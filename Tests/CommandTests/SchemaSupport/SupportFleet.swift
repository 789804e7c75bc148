import Diff
import Foundation
import TestSupport
import Testing

/// One shard whose schema folder holds the files of many cases, each in a file of its own.
final class SupportFleet {
    private let fleet: FleetFixture
    private let flavour: ServerProfile.Flavour
    private var written: Set<String> = []

    init(on server: TestServer) throws {
        flavour = server.kind.flavour
        fleet = try FleetFixture(on: server, shards: 1, schema: [:])
        fleet.file.namespace = ["manage: all", "prune: all", "allow_empty: true"]
        fleet.file.policy = ["limits: {drops_per_plan: 1000}"]
        try fleet.write("schema/app/README.md", "The cases.\n")
        try fleet.commit()
    }

    /// Commits one side of the cases.
    func write(_ cases: [SupportCase], _ side: KeyPath<SupportCase, String>) throws {
        for (number, one) in cases.enumerated() {
            let path = "schema/app/\(number)-\(one.id).sql"
            let text = one.named(one[keyPath: side])
            if text.isEmpty {
                if written.remove(path) != nil { try fleet.remove(path) }
                continue
            }
            written.insert(path)
            try fleet.write(path, text + "\n")
        }
        try fleet.commit()
    }

    func run(_ statement: String) throws { try fleet.sql(0, statement) }

    /// What `plan` would change, by encoded name.
    func plannedTables() throws -> Set<String> {
        let steps = try fleet.run("plan", "--heal", "--output", "json").list("steps")
        return Set(steps.compactMap { $0["table"] as? String })
    }

    /// Approves what waits and reconciles.
    func converge(at location: Testing.SourceLocation = #_sourceLocation) throws {
        let run = try pass()
        #expect(run.status == 0, "\(run)", sourceLocation: location)
    }

    private func pass() throws -> Run {
        if try fleet.run("plan", "--heal").status == 3 {
            try fleet.expect(0, "approve", "--all", "--reason", "a case", by: "eve@example.com")
        }
        return try fleet.run("reconcile", "--heal")
    }

    /// Nothing is left to do, and nothing is done.
    func expectQuiet() throws {
        let before = try fleet.state()
        // What is equal but for the order of indexes is recorded as it is.
        try fleet.expect(0, "reconcile")
        #expect(try fleet.state() == before)
        try fleet.expectUntouched {
            for command in ["reconcile", "plan", "drift"] { try fleet.expect(0, command) }
        }
    }

    func expectRefusal(of one: SupportCase, status: Int32) throws {
        guard case .refused(_, let words) = one.outcome else { return }
        let before = try fleet.state()
        for command in ["plan", "reconcile"] {
            let run = try fleet.expect(status, command)
            #expect(run.says(words), "\(one.id): \(run)")
        }
        #expect(try fleet.state() == before, "\(one.id)")
    }

    // MARK: The oracle

    /// The shard is what the server makes of the files, run one after the other.
    func expectOracle(_ cases: [SupportCase], _ side: KeyPath<SupportCase, String>) throws {
        let oracle = try fleet.server.freshDatabase()
        let connection = try fleet.server.connect(database: oracle)
        try connection.execute("SET SESSION foreign_key_checks = 0")
        // A copy stands before its original in some files.
        var waiting = try cases.flatMap { one in
            let text = one.named(one[keyPath: side])
            return text.isEmpty
                ? [] : try SQLScript.statements(in: Array(text.utf8), file: one.id)
        }
        while !waiting.isEmpty {
            let left = waiting.filter { statement in
                let mode = statement.settings.sqlMode.map(SQL.literal) ?? "@@global.sql_mode"
                let zone = statement.settings.timeZone.map(SQL.literal) ?? "DEFAULT"
                return
                    (try? connection.execute(
                        "SET SESSION sql_mode = \(mode), time_zone = \(zone)")) == nil
                    || (try? connection.execute(statement.text)) == nil
            }
            guard left.count < waiting.count else { throw TestSupportError("refused: \(left)") }
            waiting = left
        }
        let (wanted, found) = (
            try Catalog(oracle, fleet.server), try Catalog(fleet.database(0), fleet.server)
        )
        #expect(found.others == wanted.others)
        #expect(found.tables.keys.sorted() == wanted.tables.keys.sorted())
        for (name, text) in wanted.tables {
            let (left, right) = (
                try TableParser.parse(found.tables[name] ?? "", flavour: flavour),
                try TableParser.parse(text, flavour: flavour)
            )
            #expect(left.isEquivalent(to: right), "\(found.tables[name] ?? "-")\n\(text)")
        }
    }

    /// Everything in a database, as the server tells it.
    private struct Catalog {
        var tables: [String: String] = [:]
        var others: [String]

        init(_ database: String, _ server: TestServer) throws {
            let connection = try server.connect(database: database)
            let rows = try connection.query("SHOW FULL TABLES WHERE Table_type <> 'VIEW'")
            for name in rows.compactMap({ $0[0] }) {
                let row = try connection.query("SHOW CREATE TABLE \(SQL.identifier(name))").first
                tables[name] = row?[1] ?? ""
            }
            let mine = SQL.literal(database)
            others = try connection.query(
                """
                SELECT CONCAT('view ', TABLE_NAME, ': ', VIEW_DEFINITION)
                  FROM information_schema.VIEWS WHERE TABLE_SCHEMA = \(mine)
                UNION SELECT CONCAT('trigger ', TRIGGER_NAME, ': ', ACTION_TIMING, ' ',
                    EVENT_MANIPULATION, ' ', ACTION_ORDER, ' ', ACTION_STATEMENT)
                  FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = \(mine)
                UNION SELECT CONCAT(ROUTINE_TYPE, ' ', ROUTINE_NAME, ': ', SQL_MODE, ' ',
                    COALESCE(DTD_IDENTIFIER, ''), ROUTINE_DEFINITION)
                  FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = \(mine)
                UNION SELECT CONCAT('event ', EVENT_NAME, ': ', STATUS, ' ', TIME_ZONE, ' ',
                    INTERVAL_VALUE, INTERVAL_FIELD, ' ', EVENT_DEFINITION)
                  FROM information_schema.EVENTS WHERE EVENT_SCHEMA = \(mine)
                """
            ).compactMap { $0[0]?.replacing("`\(database)`.", with: "") }.sorted()
        }
    }
}
