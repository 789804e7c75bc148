import Schema

/// The differences in printed text that have no effect, each by name.
package enum EquivalenceRule: String, CaseIterable, Sendable {
    /// The server sorts indexes by kind and otherwise keeps the order in which they were made.
    /// Only the index that an InnoDB table without a primary key is clustered on keeps its place.
    case indexOrder = "index-order"
    /// Foreign keys and checks have no order.
    case constraintOrder = "constraint-order"
    /// `USING` and `KEY_BLOCK_SIZE` on an InnoDB index do nothing.
    case indexStorageHints = "index-storage-hints"
    /// A column's character set and collation that only repeat the table's.
    case repeatedCharacterSet = "repeated-character-set"
    /// Options of a table have no order.
    case optionOrder = "option-order"
    /// The partitions of a LIST table have no order, nor have the values of one of them.
    case listOrder = "list-order"
    /// Partitions that a history with `AUTO` adds by itself are state, not schema.
    case automaticPartitions = "automatic-partitions"
    /// How values of old are stored, as ``OldTemporals`` tells, is state, not schema.
    case oldTemporals = "old-temporals"
    /// The counter is state, not schema.
    case autoIncrement = "auto-increment"
}

extension Table {
    /// The one form of all tables that are equivalent to this one under every
    /// ``EquivalenceRule``: two tables are equivalent exactly if their canonical forms are equal.
    package var canonical: Table {
        var result = self
        result.columns = columns.map { canonical(column: $0) }
        result.indexes = indexes.map { canonical(index: $0) }
        let clustering = clusteringIndex?.name
        result.indexes.sort { left, right in
            func rank(_ index: Index) -> Int {
                if index.kind == .primary { return 0 }
                return index.name == clustering ? 1 : 2
            }
            return (rank(left), left.name) < (rank(right), right.name)
        }
        result.foreignKeys.sort { $0.name < $1.name }
        result.checks.sort { $0.name < $1.name }
        result.options.sort { $0.key < $1.key }
        result.partitioning = partitioning?.canonical
        result.autoIncrement = nil
        return result
    }

    /// True where `other` differs in nothing but what an ``EquivalenceRule`` names.
    package func isEquivalent(to other: Table) -> Bool {
        self == other || canonical == other.canonical
    }

    /// The index without the hints that its engine does not heed.
    func canonical(index: Index) -> Index {
        guard isInnoDB else { return index }
        var result = index
        result.options.removeAll { option in
            let word = option.uppercased()
            return word.hasPrefix("USING ") || word.hasPrefix("KEY_BLOCK_SIZE")
        }
        return result
    }

    /// True where foreign keys may begin and end at the table.
    var takesForeignKeys: Bool { isInnoDB && partitioning == nil }

    var isInnoDB: Bool { option("ENGINE")?.uppercased() == "INNODB" }

    /// The unique index over NOT NULL columns that InnoDB clusters the rows on where there is no
    /// primary key: the first one printed.
    var clusteringIndex: Index? {
        guard primaryKey == nil, isInnoDB else { return nil }
        return indexes.first { isFitForClustering($0) }
    }

    /// True for a unique index over whole NOT NULL columns.
    func isFitForClustering(_ index: Index) -> Bool {
        index.kind == .unique
            && index.parts.allSatisfy { part in
                guard case .column(let name) = part.key, part.length == nil else { return false }
                return columns.contains { $0.name == name && $0.isNotNull }
            }
    }

    /// The column without a character set and a collation that repeat the table's.
    private func canonical(column: Column) -> Column {
        guard let effective = effectiveCharacterSet(of: column) else {
            return column.inCurrentFormat
        }
        var result = column
        let isInherited = effective == defaultCharacterSet
        result.characterSet = isInherited ? nil : effective.name
        result.collation = isInherited ? nil : effective.collation
        return result
    }
}
