/// What the rows of a live table are asked, to know whether one of them stands in the way.
package struct DataQuestion: Hashable, Sendable, Codable {
    /// What stands in the way: ``NULL in `qty` ``.
    package var sought: String
    /// Gives one row exactly if at least one row of the table is in the way, and else none.
    ///
    /// It begins with `SELECT 1 FROM`, takes no lock on rows, and ends at the first hit.
    package var sql: String
    /// Shows some of these rows to a person.
    package var look: String
    /// True where the statement takes these rows, and they read otherwise afterwards; nil where it
    /// is refused for one of them, so that nothing may begin.
    package var changesRows: Bool?
    /// Whether a warning of the server counts as a row in the way: the question evaluates what the
    /// change will, and the change fails in strict mode where the question warns.
    package var heedsWarnings: Bool?

    package init(
        sought: String, sql: String, look: String, changesRows: Bool? = nil,
        heedsWarnings: Bool? = nil
    ) {
        self.sought = sought
        self.sql = sql
        self.look = look
        self.changesRows = changesRows
        self.heedsWarnings = heedsWarnings
    }

    /// Rows of `table` for which `condition` is true.
    init(sought: String, rowsOf table: String, where condition: String) {
        self.init(
            sought: sought, sql: "SELECT 1 FROM \(table) WHERE \(condition) LIMIT 1",
            look: "SELECT * FROM \(table) WHERE \(condition) LIMIT 10")
    }

    /// The question, where the statement takes such rows and they read otherwise afterwards.
    var changing: DataQuestion {
        var question = self
        question.changesRows = true
        return question
    }
}

extension HazardFinding {
    /// The question for rows that make a server refuse a statement; nil where nothing is asked, and
    /// where such rows are taken and read otherwise afterwards.
    package var refusingQuestion: DataQuestion? {
        probe?.question.flatMap { $0.changesRows == true ? nil : $0 }
    }
}
