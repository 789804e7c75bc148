import Desired
import Diff
import Foundation
import Ledger
import Model
import Reports
import Schema
import Testing

@testable import Observed
@testable import Reconciler
@testable import TestSupport

/// Many pairs of schemas in one schema repository: each a namespace with one shard of its own.
final class TransitionFleet {
    struct Pair {
        /// The seed or the name of the case.
        let label: String
        let from: [RandomObjects.Item]
        let to: [RandomObjects.Item]
        /// What the server shows where the schemas are made by hand.
        let shownFrom: [String: String]
        let shownTo: [String: String]
        let database: String
    }

    let kind: TestServer.Kind
    private let fleet: NamespaceFleet
    private var fixture: ImportFixture { fleet.fixture }
    private(set) var pairs: [Pair] = []

    init(_ kind: TestServer.Kind) throws {
        self.kind = kind
        fleet = try NamespaceFleet(on: TestServer.shared(kind))
    }

    /// Adds a pair, without what the server refuses of it.
    func add(
        _ label: String, from: [RandomObjects.Item], to: [RandomObjects.Item]
    ) throws {
        let (from, shownFrom) = try made(from)
        let (to, shownTo) = try made(to)
        pairs.append(
            Pair(
                label: label, from: from, to: to, shownFrom: shownFrom, shownTo: shownTo,
                database: try fixture.database()))
    }

    /// Drops the shards.
    func clear() throws {
        for pair in pairs { try drop(pair.database) }
    }

    private func drop(_ database: String) throws {
        try fixture.root.execute("DROP DATABASE \(SQL.identifier(database))")
    }

    // MARK: By hand

    /// What of a schema the server takes, and what it says of it.
    private func made(
        _ items: [RandomObjects.Item]
    ) throws -> ([RandomObjects.Item], [String: String]) {
        let database = try fixture.server.freshDatabase()
        defer { try? drop(database) }
        let connection = try fixture.server.connect(database: database)
        var taken: [RandomObjects.Item] = []
        for item in items {
            do {
                let settings = CreationSettings(sqlMode: item.mode)
                try connection.executeUnderItsSettings(
                    ObjectDefinition.marked(item.text, settings))
                taken.append(item)
            } catch {
                continue
            }
        }
        return (taken, try shown(database, of: taken))
    }

    /// What the server says of every object, without the name of the database.
    private func shown(_ database: String, of items: [RandomObjects.Item]) throws -> [String:
        String]
    {
        let said = Dictionary(items.map { ($0.name.encoded, $0) }) { first, _ in first }
        var result: [String: String] = [:]
        for name in try names(database) {
            let rows = try fixture.root.query(LiveObject.question(name, database: database))
            guard let row = rows.first else { continue }
            let isProgram: [ObjectName.Kind] = [.trigger, .procedure, .function]
            let place = name.kind == .event ? 3 : isProgram.contains(name.kind) ? 2 : 1
            var text = row[place] ?? "hidden"
            text = text.replacing(SQL.identifier(database) + ".", with: "")
            if name.kind == .event, said[name.encoded]?.text.contains("STARTS") == false {
                text = text.replacing(#/STARTS '[^']*' /#, with: "")
            }
            // Comments behind the last word of a body are in no file.
            text = text.replacing(#/\s*-- (?:why|done)$/#, with: "")
            let mode = place > 1 ? "\(row[1] ?? "") " : ""
            result[name.encoded] = mode + text.replacing("CREATE OR REPLACE", with: "CREATE")
        }
        return result
    }

    private func names(_ database: String) throws -> [ObjectName] {
        let literal = SQL.literal(database)
        return try fixture.root.query(
            """
            SELECT TABLE_TYPE, TABLE_NAME FROM information_schema.TABLES
              WHERE TABLE_SCHEMA = \(literal)
            UNION ALL SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS
              WHERE TRIGGER_SCHEMA = \(literal)
            UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
              WHERE ROUTINE_SCHEMA = \(literal)
            UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS
              WHERE EVENT_SCHEMA = \(literal)
            """
        ).compactMap { row in
            guard let kind = row[0]?.lowercased(), let name = row[1] else { return nil }
            return ObjectName(ObjectName.Kind(rawValue: kind) ?? .table, name)
        }
    }

    /// Pairs of triggers of a schema that run in the other order.
    private func misplaced(_ items: [RandomObjects.Item], in database: String) throws -> [String] {
        var places: [String: Int] = [:]
        for row in try fixture.root.query(
            "SELECT TRIGGER_NAME, ACTION_ORDER FROM information_schema.TRIGGERS "
                + "WHERE TRIGGER_SCHEMA = \(SQL.literal(database))")
        {
            if let name = row[0], let place = row[1].flatMap({ Int($0) }) { places[name] = place }
        }
        return items.compactMap(\.order).filter { places[$0.first] ?? 0 >= places[$0.second] ?? 0 }
            .map { "\($0.first) before \($0.second)" }
    }

    // MARK: By plumb

    /// Commits one schema of each pair.
    private func commit(_ schema: (Pair) -> [RandomObjects.Item]) throws {
        for (place, pair) in pairs.enumerated() {
            try? FileManager.default.removeItem(atPath: fixture.folder + "/schema/p\(place)")
            var generator = SeededGenerator(seed: UInt64(place))
            let items = schema(pair).shuffled(using: &generator)
            for (number, item) in items.enumerated() {
                try fixture.write(
                    Self.file(item, &generator), to: "schema/p\(place)/f\(number).sql")
            }
        }
        try fleet.write(
            databases: pairs.map(\.database), keys: ["manage: all", "prune: all"],
            approve: "irreversible")
        try fixture.git("init", "--quiet", "--initial-branch=main")
        try fixture.git("add", "--all")
        try fixture.git("commit", "--quiet", "--allow-empty", "-m", "Change")
    }

    /// A file with the item, between other delimiters where chance says so.
    static func file(
        _ item: RandomObjects.Item, _ generator: inout SeededGenerator
    ) -> String {
        let hint = item.mode.map { "-- plumb: sql_mode '\($0)'\n" } ?? ""
        if generator.chance(30) {
            return "DELIMITER $$\n\(hint)\(item.text)\n$$\nDELIMITER ;\n"
        }
        return "-- before\n\n\(hint)\(item.text)\n;\n"
    }

    /// Goes from the first to the second schema of each pair; says all that is not as it is where
    /// the schema is made by hand.
    func run() throws -> [String] {
        try reach("made from nothing", { $0.from }, { $0.shownFrom })
            + disguise() + reach("changed", { $0.to }, { $0.shownTo })
    }

    /// Writes views in other words for the same, which is nothing to do.
    private func disguise() throws -> [String] {
        try commit { $0.from.map(\.disguised) }
        return try fleet.passContext().plan().plan.steps.map { step in
            "\(pairs[Int(step.namespace.dropFirst()) ?? 0].label), in other words: \(step.object.encoded): "
                + step.differences.map(\.text).joined(separator: "\n")
        }
    }

    private func reach(
        _ what: String, _ schema: (Pair) -> [RandomObjects.Item],
        _ expected: (Pair) -> [String: String]
    ) throws -> [String] {
        try commit(schema)
        let report = try fleet.reconcile()
        // What it refuses it leaves as it is.
        let left = Set(
            report.plan.plan.unsupported.filter(Self.isHonest).map {
                "\($0.namespace) \($0.object.encoded)"
            })
        var faults = Self.faults(of: report)
        for finding in try DriftPass(pass: fleet.passContext()).run().findings
        where !left.contains("\(finding.namespace) \(finding.object.encoded)") {
            let lines = finding.differences.map(\.text).joined(separator: " | ")
            faults[finding.namespace, default: []].append(
                "left \(finding.object.encoded) \(finding.status): \(lines)")
        }
        return try pairs.enumerated().compactMap { place, pair in
            var told = faults["p\(place)"] ?? []
            let live = try shown(pair.database, of: schema(pair))
            let wanted = expected(pair)
            for name in Set(live.keys).union(wanted.keys).sorted()
            where live[name] != wanted[name] && !left.contains("p\(place) \(name)") {
                told.append(
                    "\(name) is\n\(live[name] ?? "absent")\nnot\n\(wanted[name] ?? "absent")")
            }
            told += try misplaced(schema(pair), in: pair.database).map { "order: \($0)" }
            guard !told.isEmpty else { return nil }
            return "\(pair.label), \(what): \(told.joined(separator: "\n"))\nfrom\n"
                + Self.texts(pair.from) + "\nto\n" + Self.texts(pair.to)
        }
    }

    private static func texts(_ items: [RandomObjects.Item]) -> String {
        items.map { ($0.mode.map { "[\($0)] " } ?? "") + $0.text }.joined(separator: "\n")
    }

    /// What the value of a sequence that turns round does not allow.
    private static func isHonest(_ refusal: UnsupportedTable) -> Bool {
        refusal.object.kind == .sequence && refusal.reason.contains("has out of range value")
    }

    private static func faults(of report: ReconcileReport) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for refused in report.plan.plan.unsupported where !isHonest(refused) {
            result[refused.namespace, default: []].append(
                "\(refused.object.encoded): \(refused.reason)")
        }
        for shard in report.plan.plan.unknown {
            result[shard.shard.namespace, default: []].append("\(shard)")
        }
        for trouble in report.rollout.troubles {
            result[trouble.key.namespace, default: []].append(
                "\(trouble.key.object.encoded) \(trouble.state): \(trouble.message)")
        }
        return result
    }
}
