import Schema

/// One line of the difference between two tables, for people.
package struct DifferenceLine: Hashable, Sendable, CustomStringConvertible {
    package enum Sign: String, Hashable, Sendable, Codable {
        case added = "+"
        case removed = "-"
        case changed = "~"
    }

    /// The definition that a line is about, by its name in the table that has it.
    package enum Subject: Hashable, Sendable {
        case table
        case column(String)
        case primaryKey
        case index(String)
        case foreignKey(String)
        case check(String)
        case period(String)
        case option(String)
        case systemVersioning
        case partitioning
        case partition(String)
    }

    package var sign: Sign
    package var subject: Subject
    /// Without the sign: `refund_total decimal(12,2) NOT NULL DEFAULT 0.00`.
    package var text: String

    package init(_ sign: Sign, _ subject: Subject, _ text: String) {
        self.sign = sign
        self.subject = subject
        self.text = text
    }

    package var description: String { "\(sign.rawValue) \(text)" }
}

/// The difference between two tables, as a list of lines.
package enum DifferenceLines {
    /// What `to` has and `from` has not, and the other way round; empty for equivalent tables.
    ///
    /// `renames` are the hints that are due: they turn a removed and an added column into one
    /// changed one.
    package static func lines(
        from: Table, to: Table, renames: [ColumnRename] = [],
        flavour: ServerProfile.Flavour = .mariadb
    ) -> [DifferenceLine] {
        guard !from.isEquivalent(to: to) || from.name != to.name else { return [] }
        let writer = DifferenceWriter(from: from, to: to, hints: renames, flavour: flavour)
        return writer.lines
    }

    /// The lines of a table that is copied out of the ``OldTemporals`` and is otherwise like
    /// `other`: one for each column in an old format.
    package static func ofOldTemporals(
        in table: Table, butThoseOf other: Table
    ) -> [DifferenceLine] {
        table.oldTemporals(butThoseOf: other).map { name in
            DifferenceLine(
                .changed, .column(name),
                "column \(name): its values leave an old format of dates and times")
        }
    }

    /// The lines of a table that is made or dropped.
    package static func lines(
        of table: Table, sign: DifferenceLine.Sign
    ) -> [DifferenceLine] {
        [
            DifferenceLine(
                sign, .table, "\(sign == .removed ? "DROP TABLE" : "CREATE TABLE") \(table.name)")
        ]
    }
}
