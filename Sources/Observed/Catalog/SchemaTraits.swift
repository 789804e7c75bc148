import Schema

/// How changes of a schema can show without reading it.
struct SchemaTraits: Sendable {
    /// Whether each change of one of its tables is visible in `mysql.innodb_table_stats`.
    let leavesTraces: Bool
    /// Whether its tables change by statements alone, and not by what a server or an engine does by
    /// itself.
    let changesByStatements: Bool

    /// - Parameter tables: nil stands for one that is not known.
    init(of tables: [CatalogTable?]) {
        leavesTraces = tables.allSatisfy { $0.map(Self.leavesTraces) ?? false }
        changesByStatements = tables.allSatisfy { $0.map(Self.changesByStatements) ?? false }
    }

    /// True only of InnoDB tables with persistent statistics. A foreign key to another database is
    /// excluded: renaming the parent there changes its text and leaves no trace here.
    private static func leavesTraces(_ table: CatalogTable) -> Bool {
        table.text.contains("\n) ENGINE=InnoDB") && !table.text.contains("STATS_PERSISTENT=0")
            && table.table?.foreignKeys.allSatisfy { $0.referencedSchema == nil } ?? false
    }

    /// True only of engines that keep definitions for this server alone. MariaDB adds partitions by
    /// `SYSTEM_TIME … AUTO` when rows are written.
    private static func changesByStatements(_ table: CatalogTable) -> Bool {
        ownEngines.contains { table.text.contains("\n) ENGINE=\($0)") }
            && !table.text.contains("PARTITION BY SYSTEM_TIME")
    }

    /// Each with what follows, so that none is the beginning of another name.
    private static let ownEngines = ["InnoDB", "MyISAM", "Aria", "MEMORY"]
        .flatMap { [$0 + " ", $0 + "\n"] }
}
