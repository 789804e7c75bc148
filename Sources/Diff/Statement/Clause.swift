import Schema

/// One clause of an `ALTER TABLE`.
package enum Clause: Hashable, Sendable {
    case renameTable(to: String)

    /// Without a position the column is appended.
    case addColumn(Column, position: ColumnPosition?)
    /// A new definition, a new name, another place, or all of them.
    case changeColumn(from: Column, to: Column, position: ColumnPosition?)
    case dropColumn(Column)

    case addIndex(Index)
    case dropIndex(Index)
    case renameIndex(from: String, to: String)
    /// MariaDB `IGNORED`, MySQL `INVISIBLE`.
    case setIndexIgnored(name: String, Bool)

    case addForeignKey(ForeignKey)
    case dropForeignKey(ForeignKey)
    case addCheck(Check)
    case dropCheck(Check)
    case setCheckEnforced(name: String, Bool)

    /// The default of the table; columns that inherited the old one keep it unless changed too.
    case setDefaultCharacterSet(String, collation: String?)
    case setOption(TableOption)
    /// Back to what holds where the option is not given.
    case dropOption(TableOption)

    case addPeriod(Period)
    case dropPeriod(Period)
    case addSystemVersioning
    case dropSystemVersioning

    case partitionBy(Partitioning)
    case removePartitioning
    /// New partitions behind the last one of a RANGE or HASH table, more of a LIST table, or more
    /// history before the current rows.
    case addPartitions([Partitioning.Partition])
    /// This many more partitions, without names.
    case growPartitions(Int)
    /// This many fewer partitions of a HASH or KEY table; their rows move to the others.
    case coalescePartitions(Int)
    /// Puts new partitions in the place of neighbouring ones, by name, and their rows into these.
    case reorganizePartitions([String], into: [Partitioning.Partition])
    /// Drops the partitions together with their rows.
    case dropPartitions([String])
}

/// Where `ADD`, `MODIFY` or `CHANGE` puts a column.
package enum ColumnPosition: Hashable, Sendable {
    case first
    case after(String)
}
