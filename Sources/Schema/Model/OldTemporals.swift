/// The formats in which servers of old stored times of day, dates with times and timestamps.
///
/// Servers show them in a comment behind the type, go on with them, and leave them when they copy
/// the table: how a value is stored is no part of a schema, but it decides how a table changes.
package enum OldTemporals {
    /// MariaDB with `mysql56_temporal_format=OFF`, MySQL 5.6 to 8.0 with `show_old_temporals`.
    /// MariaDB's variable that says `OFF` where new columns are in one of them.
    package static let setting = "mysql56_temporal_format"
    static let marks = ["/* mariadb-5.3 */", "/* 5.5 binary format */"]
}

extension Column {
    /// Whether its values are stored in one of the ``OldTemporals``.
    package var isOldTemporal: Bool {
        attributes.contains { OldTemporals.marks.contains($0.text) }
    }

    /// The column as a server makes it today.
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

    /// The same without those that `other` has in such a format, too: a server makes them so.
    package func oldTemporals(butThoseOf other: Table) -> [String] {
        let theirs = Set(other.oldTemporals)
        return oldTemporals.filter { !theirs.contains($0) }
    }

    /// The table as a server makes it today.
    package var inCurrentFormat: Table {
        guard columns.contains(where: \.isOldTemporal) else { return self }
        var result = self
        result.columns = columns.map(\.inCurrentFormat)
        return result
    }

    /// Whether a column holds times of day, dates with times or timestamps, in whatever format.
    package var hasTemporals: Bool {
        columns.contains { column in
            let word = column.type.lowercased().prefix { $0.isLetter }
            return ["time", "datetime", "timestamp"].contains(word)
        }
    }

    /// The table with the columns of `other` in the format that they have there.
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
