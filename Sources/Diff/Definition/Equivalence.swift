import Schema

extension Table {
    /// The one form of all tables that mean the same: two tables are equivalent exactly if their
    /// canonical forms are equal.
    ///
    /// These differences in printed text mean nothing:
    ///
    /// - The order of indexes, which servers sort by kind and otherwise keep as they were made.
    ///   Only the index that an InnoDB table without a primary key is clustered on keeps its place.
    /// - The order of foreign keys, of checks and of table options.
    /// - `USING` and `KEY_BLOCK_SIZE` on an InnoDB index, which do nothing.
    /// - A character set and a collation of a column that only repeat the table's.
    /// - The order of the partitions of a LIST table, and of the values of one of them.
    /// - What is state and not schema: partitions that a history with `AUTO` adds by itself,
    ///   formats in which older servers stored dates and times (``OldTemporals``), the
    ///   `AUTO_INCREMENT` counter.
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

    /// True where both tables have the same ``canonical`` form.
    package func isEquivalent(to other: Table) -> Bool {
        self == other || canonical == other.canonical
    }

    /// The index without the hints that its engine ignores.
    func canonical(index: Index) -> Index {
        guard isInnoDB else { return index }
        var result = index
        result.options.removeAll { option in
            let word = option.uppercased()
            return word.hasPrefix("USING ") || word.hasPrefix("KEY_BLOCK_SIZE")
        }
        return result
    }

    /// True where the table may have foreign keys, and other tables may refer to it.
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
