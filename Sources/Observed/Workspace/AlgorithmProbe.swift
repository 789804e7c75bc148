import Diff
import MySQLClient
import Schema

/// Finds the cheapest algorithm that the server takes for one statement, by running it.
struct AlgorithmProbe {
    let workspace: Workspace
    /// The table's name before the statement.
    let table: String
    let alteration: Alteration
    /// MySQL makes some changes while it copies, and leaves them out otherwise.
    let onlyByCopy: Bool
    /// Whether anything else would leave rows unread: then the server is not left to choose.
    let mustReadRows: Bool
    /// Statements that a live table refused, though a copy of it takes them.
    var refused: Set<String> = []

    /// The statement that ran, and how.
    struct Accepted {
        let sql: String
        let algorithm: Algorithm
        let lock: LockMode
        let rebuildsTable: Bool
    }

    private struct Candidate {
        /// Nil: the statement has no room for these words.
        var algorithm: Algorithm?
        var lock: LockMode?
        /// Whether every row is written anew in any case: MariaDB takes `INPLACE` for leave to
        /// change a table at once.
        var rebuilds = false

        /// Whether its very words promise that no row is written anew.
        var keepsRows: Bool { algorithm == .instant || algorithm == .nocopy }
    }

    /// Runs the statement in the cheapest way that is accepted; throws the server's last refusal.
    ///
    /// With the words of the accepted try in it, the statement fails on a shard where the server
    /// would do something dearer.
    func run() throws(WorkspaceError) -> Accepted {
        var before: [String: String]?
        var refusal: (sql: String, error: MySQLError)?
        for candidate in candidates {
            if !candidate.keepsRows, before == nil { before = tableNumbers() }
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

    private func sql(_ candidate: Candidate) -> String {
        alteration.sql(
            table: table, flavour: flavour, algorithm: candidate.algorithm, lock: candidate.lock,
            rebuilds: candidate.rebuilds)
    }

    /// What may be tried, the cheapest first; where the live table refused one of them, what is
    /// left writes every row anew, so that the table has no traces of its past any more.
    private var candidates: [Candidate] {
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
            // MariaDB takes INSTANT here, and copies all the same.
            return [copy, plain]
        case .partitions where flavour == .mariadb:
            return [plain]
        case .partitions, .none:
            if mustReadRows { return [copy] }
            // MariaDB takes INSTANT for another engine, too, and copies all the same.
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

    private func accepted(_ candidate: Candidate, _ sql: String, _ rebuilt: Bool?) -> Accepted {
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
            // Nobody promised anything: only the table's number tells whether it was copied.
            Accepted(
                sql: sql, algorithm: rebuilt == false ? .inplace : .copy, lock: .shared,
                rebuildsTable: rebuilt ?? true)
        }
    }

    /// Whether the table was written anew; nil where the account may not know.
    private func rebuilt(since before: [String: String]?) -> Bool? {
        guard let before, let after = tableNumbers(), !before.isEmpty else { return nil }
        let numbers = Set(after.values)
        guard before.values.contains(where: { !numbers.contains($0) }) else { return false }
        // One partition that comes or goes leaves the others what they were.
        return !before.contains { isPart($0.key) && numbers.contains($0.value) }
    }

    private func isPart(_ name: String) -> Bool {
        name.contains("#P#") || name.contains("#p#")
    }

    /// InnoDB's numbers of the tables and partitions in the workspace; nil without the privilege.
    private func tableNumbers() -> [String: String]? {
        let view = flavour == .mariadb ? "INNODB_SYS_TABLES" : "INNODB_TABLES"
        let rows = try? workspace.connection.query(
            "SELECT NAME, TABLE_ID FROM information_schema.\(view) WHERE NAME LIKE "
                + SQL.literal(workspace.name.replacing("_", with: "\\_") + "/%"))
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
        /// The table is split anew, or put together.
        case repartition
        /// Partitions come or go.
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
