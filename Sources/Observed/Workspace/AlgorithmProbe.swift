import Diff
import MySQLClient
import Schema

/// Finds the cheapest algorithm that the server accepts for a statement, by running it.
struct AlgorithmProbe {
    let workspace: Workspace
    /// The table's name before the statement.
    let table: String
    let alteration: Alteration
    /// Whether to allow `COPY` only: MySQL ignores some changes under other algorithms.
    let onlyByCopy: Bool
    /// Whether to allow `COPY` only, since no other algorithm would check the rows.
    let mustReadRows: Bool
    /// Statements that a live table refused, though a new table of the same definition allows them.
    var refused: Set<String> = []

    /// The statement that ran, with its algorithm and lock.
    struct Accepted {
        let sql: String
        let algorithm: Algorithm
        let lock: LockMode
        let rebuildsTable: Bool
    }

    /// A variant of the statement.
    struct Candidate {
        /// Nil where the statement cannot have an `ALGORITHM` or `LOCK` clause.
        var algorithm: Algorithm?
        var lock: LockMode?
        /// Whether to add `FORCE`, so that every row is rewritten: under `INPLACE` alone, MariaDB
        /// may choose an instant change.
        var rebuilds = false

        /// Whether the algorithm itself guarantees that no row is rewritten.
        var keepsRows: Bool { algorithm == .instant || algorithm == .nocopy }
    }

    /// Runs the statement with the cheapest algorithm that is accepted; throws the last refusal.
    ///
    /// The accepted statement names its algorithm and lock, so that on a shard where the server
    /// would need a more expensive one it fails.
    func run() throws(WorkspaceError) -> Accepted {
        var before: [String: String]?
        var refusal: (sql: String, error: MySQLError)?
        for candidate in candidates {
            if !candidate.keepsRows, before == nil { before = workspace.tableNumbers() }
            let sql = sql(candidate)
            do throws(MySQLError) {
                if let numbersZeros = alteration.numbersZeros(flavour: flavour) {
                    try workspace.connection.execute(sql, numberingZeros: numbersZeros)
                } else {
                    try workspace.connection.execute(sql)
                }
                let rebuilt = candidate.keepsRows ? false : rebuilt(since: before)
                return accepted(candidate, sql, rebuilt)
            } catch {
                guard workspace.connection.isUsable else {
                    throw workspace.refused(sql, table, error)
                }
                refusal = (sql, error)
            }
        }
        guard let refusal else {
            throw WorkspaceError(.notProved, "table \(SQL.identifier(table)): nothing to run")
        }
        throw workspace.refused(refusal.sql, table, refusal.error)
    }

    private var flavour: ServerProfile.Flavour { workspace.profile.flavour }

    func sql(_ candidate: Candidate) -> String {
        alteration.sql(
            table: table, flavour: flavour, algorithm: candidate.algorithm, lock: candidate.lock,
            rebuilds: candidate.rebuilds)
    }

    /// The variants to try, the cheapest first. Where the live table refused one, only those are
    /// left that rewrite every row, after which no trace of former instant changes is left.
    var candidates: [Candidate] {
        let all = everyCandidate
        guard alteration.partitionWork == .none,
            all.contains(where: { refused.contains(sql($0)) })
        else { return all }
        let rebuilding = [LockMode.none, .shared].map {
            Candidate(algorithm: .inplace, lock: $0, rebuilds: true)
        }
        let others = all.filter { $0.algorithm == .copy || $0.algorithm == nil }
        return (rebuilding + others).filter { !refused.contains(sql($0)) }
    }

    private var everyCandidate: [Candidate] {
        let plain = Candidate()
        let copy = Candidate(algorithm: .copy)
        switch alteration.partitionWork {
        case .repartition:
            // MariaDB accepts INSTANT here and copies the table nevertheless.
            return [copy, plain]
        case .partitions where flavour == .mariadb:
            return [plain]
        case .partitions, .none:
            if mustReadRows { return [copy] }
            // MariaDB accepts INSTANT for a change of the engine and copies the table nevertheless.
            if onlyByCopy || alteration.changesEngine { return [copy, plain] }
            let inPlace = [
                Candidate(algorithm: .inplace, lock: LockMode.none),
                Candidate(algorithm: .inplace, lock: .shared),
            ]
            let noCopy =
                flavour == .mariadb ? [Candidate(algorithm: .nocopy, lock: LockMode.none)] : []
            return [Candidate(algorithm: .instant)] + noCopy + inPlace + [copy, plain]
        }
    }

    /// - Parameter rebuilt: whether the table has another number afterwards; nil where that is not
    ///   known.
    func accepted(_ candidate: Candidate, _ sql: String, _ rebuilt: Bool?) -> Accepted {
        switch candidate.algorithm {
        case .instant?:
            Accepted(
                sql: sql, algorithm: .instant, lock: .none, rebuildsTable: rebuilt ?? false)
        case .nocopy?:
            Accepted(
                sql: sql, algorithm: .nocopy, lock: candidate.lock ?? .none,
                rebuildsTable: rebuilt ?? false)
        case .inplace?:
            Accepted(
                sql: sql, algorithm: .inplace, lock: candidate.lock ?? .none,
                rebuildsTable: rebuilt ?? true)
        case .copy?:
            Accepted(sql: sql, algorithm: .copy, lock: .shared, rebuildsTable: true)
        case nil:
            // No algorithm was requested: only InnoDB's table id tells whether the table was
            // copied.
            Accepted(
                sql: sql, algorithm: rebuilt == false ? .inplace : .copy, lock: .shared,
                rebuildsTable: rebuilt ?? true)
        }
    }

    /// Whether the table was rewritten, so that its id is new; nil where the ids cannot be read.
    private func rebuilt(since before: [String: String]?) -> Bool? {
        guard let before, let after = workspace.tableNumbers(), !before.isEmpty else { return nil }
        let numbers = Set(after.values)
        guard before.values.contains(where: { !numbers.contains($0) }) else { return false }
        // Adding or dropping one partition leaves the ids of the others.
        return !before.contains { isPart($0.key) && numbers.contains($0.value) }
    }

    private func isPart(_ name: String) -> Bool {
        name.contains("#P#") || name.contains("#p#")
    }
}

extension Workspace {
    /// InnoDB's ids of the tables and partitions in the workspace; nil without the privilege.
    func tableNumbers() -> [String: String]? {
        let view = profile.flavour == .mariadb ? "INNODB_SYS_TABLES" : "INNODB_TABLES"
        // Without an answer nobody promises that the table is not copied.
        let rows = try? connection.query(
            "SELECT NAME, TABLE_ID FROM information_schema.\(view) WHERE NAME LIKE "
                + SQL.literal(name.replacing("_", with: "\\_") + "/%"))
        guard let rows else { return nil }
        var result: [String: String] = [:]
        for row in rows {
            if let name = row[0], let number = row[1] { result[name] = number }
        }
        return result
    }
}

extension Alteration {
    enum PartitionWork {
        case none
        /// The table's partitioning is added, changed or removed.
        case repartition
        /// Single partitions are added, merged, split or dropped.
        case partitions
    }

    var partitionWork: PartitionWork {
        for clause in clauses {
            switch clause {
            case .partitionBy, .removePartitioning: return .repartition
            case .addPartitions, .growPartitions, .coalescePartitions, .reorganizePartitions,
                .dropPartitions:
                return .partitions
            case .renameTable, .addColumn, .changeColumn, .dropColumn, .addIndex, .dropIndex,
                .renameIndex, .setIndexIgnored, .addForeignKey, .dropForeignKey, .addCheck,
                .dropCheck, .setCheckEnforced, .setDefaultCharacterSet, .setOption, .dropOption,
                .addPeriod, .dropPeriod, .addSystemVersioning, .dropSystemVersioning:
                continue
            }
        }
        return .none
    }
}

extension Alteration {
    fileprivate var changesEngine: Bool {
        clauses.contains { clause in
            guard case .setOption(let option) = clause else { return false }
            return option.key == "ENGINE"
        }
    }
}
