/// The `PARTITION BY` clause as the server prints it.
package struct Partitioning: Hashable, Sendable {
    /// `RANGE (…)`, `LIST COLUMNS (…)`, `HASH (…)`, …: the text behind `PARTITION BY`, as printed.
    package var method: String
    /// `PARTITIONS 4`, where printed instead of a list of partitions.
    package var count: Int?
    /// `SUBPARTITION BY …` with its count, as printed; nil where there is none.
    package var subpartitioning: String?
    package var partitions: [Partition]

    package init(
        method: String, count: Int? = nil, subpartitioning: String? = nil,
        partitions: [Partition] = []
    ) {
        self.method = method
        self.count = count
        self.subpartitioning = subpartitioning
        self.partitions = partitions
    }

    /// One partition of the list.
    package struct Partition: Hashable, Sendable {
        package var name: String
        /// MySQL quotes a partition's name only where the name needs it.
        package var isNameQuoted: Bool
        /// `VALUES LESS THAN (…)`, `VALUES IN (…)`, `HISTORY`, … as printed; nil for hash.
        package var values: String?
        /// `ENGINE = InnoDB` and other options, as printed.
        package var options: String
        /// The parenthesised list of sub-partitions, as printed.
        package var subpartitions: String?

        package init(
            name: String, isNameQuoted: Bool = true, values: String? = nil, options: String = "",
            subpartitions: String? = nil
        ) {
            self.name = name
            self.isNameQuoted = isNameQuoted
            self.values = values
            self.options = options
            self.subpartitions = subpartitions
        }
    }
}
