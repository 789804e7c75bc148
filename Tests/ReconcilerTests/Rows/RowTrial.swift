@testable import Diff
import Foundation
import Schema

@testable import Reconciler
@testable import TestSupport

/// One case on its way: what its tables were, what they should be, and what became of them.
final class RowTrial {
    let change: RowCase
    let member: RowFleet.Member
    private let fleet: RowFleet
    private var before: [String: RowSnapshot] = [:]
    private var wanted: [String: RowSnapshot] = [:]
    private var columns: [String: [Pair]] = [:]
    /// By table: the rows in the types that are wanted, as the server itself makes them.
    private var references: [String: [[[String?]]]] = [:]
    private var old: [String: [[String?]]] = [:]

    /// A column that stays, with how it is read.
    private struct Pair {
        let from: Column
        let to: Column
        var isBytes: Bool { RowSnapshot.isBytes(from) || RowSnapshot.isBytes(to) }
        var oldReading: String { RowSnapshot.expression(from, asBytes: isBytes) }
        var reading: String { RowSnapshot.expression(to, asBytes: isBytes) }
    }

    /// Makes and fills the tables; nil where the server does not take the case.
    init?(_ change: RowCase, in fleet: RowFleet, seed: UInt64) throws {
        self.change = change
        self.fleet = fleet
        let wish = try fleet.scratch()
        let wishing = try fleet.connect(to: wish)
        guard Self.makes(change.desired, on: wishing) else { return nil }
        let trying = try fleet.connect(to: try fleet.scratch())
        guard Self.makes(change.current, on: trying) else { return nil }
        member = try fleet.add(
            change.label, desired: change.desired.map { $0 + ";" }.joined(separator: "\n"))
        let connection = try fleet.connect(to: member.database)
        for statement in change.current { try connection.execute(statement) }
        let flavour = fleet.kind.flavour
        let empty = try RowSnapshot.all(connection, flavour)
        var filler = RowFiller(try fleet.connect(to: member.database), flavour, seed: seed)
        try filler.fill(empty.values.map(\.table).sorted { $0.name < $1.name })
        before = try RowSnapshot.all(connection, flavour)
        wanted = try RowSnapshot.all(wishing, flavour)
        for (name, snapshot) in before { try remember(name, snapshot, connection, wishing, wish) }
    }

    private static func makes(_ statements: [String], on connection: MySQLClient.Connection) -> Bool
    {
        do {
            for statement in statements { try connection.execute(statement) }
            return true
        } catch {
            return false
        }
    }

    private func remember(
        _ name: String, _ snapshot: RowSnapshot, _ connection: MySQLClient.Connection,
        _ wishing: MySQLClient.Connection, _ wish: String
    ) throws {
        let target = wanted[name]?.table
        let pairs = snapshot.table.columns.compactMap { from in
            target?.columns.first { $0.name.lowercased() == from.name.lowercased() }
                .map { Pair(from: from, to: $0) }
        }
        columns[name] = pairs
        old[name] = try RowSnapshot.rows(
            connection, of: name,
            target == nil
                ? snapshot.table.columns.map { RowSnapshot.expression($0, asBytes: false) }
                : pairs.map(\.oldReading))
        guard target != nil else { return }
        references[name] = [
            try inserted(name, pairs, wishing), try altered(name, pairs, connection),
        ].compactMap { $0 }
    }

    /// The rows put into the table that is wanted, by a strict client that keeps zeros.
    private func inserted(
        _ name: String, _ pairs: [Pair], _ wishing: MySQLClient.Connection
    ) throws -> [[String?]]? {
        let taken = pairs.filter { $0.to.generated == nil }
        let table = SQL.identifier(name)
        let origin = "\(SQL.identifier(member.database)).\(table)"
        try wishing.execute("SET SESSION foreign_key_checks = 0")
        try wishing.execute(
            "SET SESSION sql_mode = CONCAT(@@GLOBAL.sql_mode, ',NO_AUTO_VALUE_ON_ZERO')")
        let list = { (columns: [Column]) in
            columns.map { SQL.identifier($0.name) }.joined(separator: ", ")
        }
        guard !taken.isEmpty,
            Self.makes(
                [
                    "INSERT INTO \(table) (\(list(taken.map(\.to)))) SELECT "
                        + "\(list(taken.map(\.from))) FROM \(origin)"
                ], on: wishing)
        else { return nil }
        return try RowSnapshot.rows(wishing, of: name, pairs.map(\.reading))
    }

    /// What the server's own statement makes of a copy.
    private func altered(
        _ name: String, _ pairs: [Pair], _ connection: MySQLClient.Connection
    ) throws -> [[String?]]? {
        guard let alteration = change.alteration, change.table == name else { return nil }
        let copy = try fleet.connect(to: try fleet.scratch())
        for statement in change.current { try copy.execute(statement) }
        try copy.execute("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'")
        let plain = before[name]?.table.columns.filter { $0.generated == nil } ?? []
        let list = plain.map { SQL.identifier($0.name) }.joined(separator: ", ")
        let table = SQL.identifier(name)
        try copy.execute(
            "INSERT INTO \(table) (\(list)) SELECT \(list) FROM "
                + "\(SQL.identifier(member.database)).\(table)")
        try copy.execute("SET SESSION sql_mode = @@GLOBAL.sql_mode")
        guard Self.makes([alteration], on: copy) else { return nil }
        return try RowSnapshot.rows(copy, of: name, pairs.map(\.reading))
    }

    // MARK: Afterwards

    private(set) var changed = 0
    private(set) var refused = 0

    /// All that is not as it should be, table by table.
    func faults(announced findings: [HazardFinding]) throws -> [String] {
        let connection = try fleet.connect(to: member.database)
        let after = try RowSnapshot.all(connection, fleet.kind.flavour)
        var faults: [String] = []
        for (name, was) in before.sorted(by: { $0.key < $1.key }) {
            guard let now = after[name] else {
                if !Self.isAnnounced(name, findings, .irreversible) {
                    faults.append("table \(name) went without a word")
                }
                continue
            }
            if now.text == was.text, now.text != wanted[name]?.text {
                refused += 1
                faults += try unchanged(name, was, now, connection)
            } else if let wanted = wanted[name], now.table.isEquivalent(to: wanted.table) {
                changed += 1
                faults += try reached(name, was, now, connection, findings)
            } else {
                faults.append("table \(name) is half changed:\n\(now.text)")
            }
        }
        return faults
    }

    private func unchanged(
        _ name: String, _ was: RowSnapshot, _ now: RowSnapshot, _ connection: MySQLClient.Connection
    ) throws -> [String] {
        let readings =
            wanted[name] == nil
            ? was.table.columns.map { RowSnapshot.expression($0, asBytes: false) }
            : columns[name, default: []].map(\.oldReading)
        var faults: [String] = []
        if try RowSnapshot.rows(connection, of: name, readings) != old[name] {
            faults.append("table \(name) was refused, and its rows are others")
        }
        if now.counter < was.counter { faults.append("the counter of \(name) went back") }
        return faults
    }

    private func reached(
        _ name: String, _ was: RowSnapshot, _ now: RowSnapshot,
        _ connection: MySQLClient.Connection, _ findings: [HazardFinding]
    ) throws -> [String] {
        var faults: [String] = []
        let pairs = columns[name, default: []]
        // Whole rows go with a partition, by its name, or with an engine that keeps none; what is
        // left of them is as it was.
        let losesRows = findings.contains {
            ["drop-partition", "discard-rows"].contains($0.rule) && $0.hazard == .irreversible
        }
        if losesRows ? now.count > was.count : now.count != was.count {
            faults.append("\(name) had \(was.count) rows and has \(now.count)")
        }
        for column in was.table.columns
        where column.generated?.kind != .virtual && !pairs.contains(where: { $0.from == column }) {
            if was.count > 0, !Self.isAnnounced(column.name, findings, .irreversible) {
                faults.append("column \(column.name) went without a word")
            }
        }
        let rows = try RowSnapshot.rows(connection, of: name, pairs.map(\.reading))
        for (place, pair) in pairs.enumerated() where pair.to.generated == nil {
            let reading = RowReading(from: ColumnType(pair.from.type), to: ColumnType(pair.to.type))
            let earlier = old[name, default: []].map { reading.canonical($0[place]) }.sorted()
            let later = rows.map { reading.canonical($0[place]) }.sorted()
            guard losesRows ? !Self.isPart(later, of: earlier) : earlier != later,
                !Self.isAnnounced(pair.from.name, findings, .lossy)
            else { continue }
            faults.append(
                "\(name).\(pair.from.name) held \(earlier.prefix(12)) and holds "
                    + "\(later.prefix(12)), of which nobody had been told")
        }
        let known = references[name, default: []]
        let isTold = findings.contains { $0.hazard >= .lossy }
        if !known.isEmpty, !known.contains(rows), !isTold {
            let texts = [rows, known[0]].map { rows in
                rows.prefix(6).map { $0.map { $0 ?? "NULL" }.joined(separator: ", ") }
            }
            faults.append("\(name) has \(texts[0]) where the server makes \(texts[1])")
        }
        if now.counter < was.counter, now.table.columns.contains(where: \.isAutoIncrement) {
            faults.append("the counter of \(name) went from \(was.counter) to \(now.counter)")
        }
        return try faults + broken(now.table, connection)
    }

    /// Whether each value is among the others as often, at least.
    private static func isPart(_ values: [String], of others: [String]) -> Bool {
        var left = Dictionary(grouping: others, by: \.self).mapValues(\.count)
        return values.allSatisfy { value in
            left[value, default: 0] -= 1
            return left[value, default: 0] >= 0
        }
    }

    /// Constraints that the rows break.
    private func broken(_ table: Table, _ connection: MySQLClient.Connection) throws -> [String] {
        let name = SQL.identifier(table.name)
        var questions: [(String, String)] = []
        let checks =
            table.checks.filter(\.isEnforced).map(\.expression) + table.columns.compactMap(\.check)
        for check in checks {
            questions.append(
                ("CHECK \(check)", "SELECT 1 FROM \(name) WHERE NOT (\(check)) LIMIT 1"))
        }
        for key in table.foreignKeys where key.referencedSchema == nil {
            let pairs = zip(key.columns, key.referencedColumns)
            let present = pairs.map { "c.\(SQL.identifier($0.0)) IS NOT NULL" }
            let equal = pairs.map { "p.\(SQL.identifier($0.1)) = c.\(SQL.identifier($0.0))" }
            questions.append(
                (
                    "FOREIGN KEY \(key.name)",
                    "SELECT 1 FROM \(name) c WHERE \(present.joined(separator: " AND ")) AND NOT "
                        + "EXISTS (SELECT 1 FROM \(SQL.identifier(key.referencedTable)) p WHERE "
                        + "\(equal.joined(separator: " AND "))) LIMIT 1"
                ))
        }
        var faults = try questions.compactMap { what, sql in
            try connection.query(sql).isEmpty ? nil : "rows of \(table.name) break \(what)"
        }
        if table.partitioning != nil {
            let said = try connection.query("CHECK TABLE \(name)").compactMap { $0[3] }
            if said != ["OK"] { faults.append("\(table.name): \(said)") }
        }
        return faults
    }

    /// Whether a finding of at least this weight names the column or table.
    private static func isAnnounced(
        _ name: String, _ findings: [HazardFinding], _ hazard: Hazard
    ) -> Bool {
        let isWord = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        return findings.contains { finding in
            guard finding.hazard >= hazard else { return false }
            guard isWord else { return finding.reason.contains(name) }
            let words = finding.reason.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            return words.contains { $0.lowercased() == name.lowercased() }
        }
    }
}
