import Schema

/// One `ALTER TABLE` with all of its clauses.
package struct Alteration: Hashable, Sendable {
    package var clauses: [Clause]

    package init(clauses: [Clause]) {
        self.clauses = clauses
    }

    /// The statement for `table`: one line, without a semicolon.
    ///
    /// On MariaDB the session must set `system_versioning_alter_history=KEEP` for tables with
    /// system versioning; and statements about single partitions take no `ALGORITHM` and no `LOCK`
    /// there, which are left out.
    ///
    /// - Parameter rebuilds: whether every row is written anew, even where that is not needed.
    package func sql(
        table: String, flavour: ServerProfile.Flavour, algorithm: Algorithm? = nil,
        lock: LockMode? = nil, rebuilds: Bool = false
    ) -> String {
        var modifiers: [String] = rebuilds ? ["FORCE"] : []
        if let algorithm { modifiers.append("ALGORITHM=\(algorithm.rawValue)") }
        if let lock { modifiers.append("LOCK=\(lock.rawValue)") }
        let texts = clauses.map { $0.sql(flavour: flavour) }
        let body =
            switch partitionRole {
            case .none: (texts + modifiers).joined(separator: ", ")
            case .trailing:
                ((modifiers.isEmpty ? [] : [modifiers.joined(separator: ", ")]) + texts)
                    .joined(separator: " ")
            case .alone:
                flavour == .mariadb
                    ? texts.joined(separator: ", ")
                    : (modifiers + texts).joined(separator: ", ")
            }
        return "ALTER TABLE \(SQL.identifier(table)) \(body)"
    }

    /// How the grammar places the partition clause of this statement.
    private enum PartitionRole {
        case none
        /// `PARTITION BY` and `REMOVE PARTITIONING` follow the other clauses without a comma.
        case trailing
        /// A clause about single partitions is a statement of its own.
        case alone
    }

    private var partitionRole: PartitionRole {
        for clause in clauses {
            switch clause {
            case .partitionBy, .removePartitioning: return .trailing
            case .addPartitions, .growPartitions, .coalescePartitions, .reorganizePartitions,
                .dropPartitions:
                return .alone
            default: continue
            }
        }
        return .none
    }
}
