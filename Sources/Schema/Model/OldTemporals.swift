/// The storage formats of `TIME`, `DATETIME` and `TIMESTAMP` from before MySQL 5.6.4 and
/// MariaDB 10.1.2.
///
/// Servers keep such columns, show the format in a comment behind the type, and write the current
/// format when they copy the table. The format is no part of the schema, but it decides by which
/// algorithm a table can be altered. See
/// https://mariadb.com/kb/en/server-system-variables/#mysql56_temporal_format.
package enum OldTemporals {
    /// MariaDB's system variable; where it is `OFF`, new columns get an old format.
    package static let setting = "mysql56_temporal_format"
    /// How the formats are printed: by MariaDB, and by MySQL 5.6 to 8.0 with `show_old_temporals`.
    static let marks = ["/* mariadb-5.3 */", "/* 5.5 binary format */"]
}

extension Column {
    /// Whether its values are stored in one of the ``OldTemporals``.
    package var isOldTemporal: Bool {
        attributes.contains { OldTemporals.marks.contains($0.text) }
    }

    /// The column with the current storage format.
    package var inCurrentFormat: Column {
        guard isOldTemporal else { return self }
        var result = self
        result.attributes.removeAll { OldTemporals.marks.contains($0.text) }
        return result
    }
}

extension Table {
    /// Names of the columns whose values are stored in one of the ``OldTemporals``.
    package var oldTemporals: [String] { columns.filter(\.isOldTemporal).map(\.name) }

    /// The same without the columns that have such a format in `other` as well, where the server
    /// itself makes them so.
    package func oldTemporals(butThoseOf other: Table) -> [String] {
        let theirs = Set(other.oldTemporals)
        return oldTemporals.filter { !theirs.contains($0) }
    }

    /// The table with all columns in the current storage format.
    package var inCurrentFormat: Table {
        guard columns.contains(where: \.isOldTemporal) else { return self }
        var result = self
        result.columns = columns.map(\.inCurrentFormat)
        return result
    }

    /// Whether a column is a `TIME`, `DATETIME` or `TIMESTAMP`, in any storage format.
    package var hasTemporals: Bool {
        columns.contains { column in
            let word = column.type.lowercased().prefix { $0.isLetter }
            return ["time", "datetime", "timestamp"].contains(word)
        }
    }

    /// The table with each column in the storage format that the column of that name and type has
    /// in `other`.
    package func inFormat(of other: Table) -> Table {
        let former = Dictionary(
            other.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var result = self
        for place in columns.indices {
            let column = columns[place]
            guard let former = former[column.name], former.type == column.type,
                former.isOldTemporal || column.isOldTemporal
            else { continue }
            result.columns[place].attributes =
                column.inCurrentFormat.attributes
                + former.attributes.filter { OldTemporals.marks.contains($0.text) }
        }
        return result
    }
}
