/// Whether a place in the log is between two transactions, where reading can begin.
///
/// Inside of one a reader would miss the tables of the rows that follow, and their beginning.
struct TransactionBounds: Hashable, Sendable {
    private enum State: Hashable {
        case outside
        /// A transaction was announced, or a statement that is one by itself.
        case announced
        /// It lasts until its end is said.
        case inside
    }

    private var state = State.outside

    var isOutside: Bool { state == .outside }

    mutating func see(_ event: BinlogEvent) {
        switch event {
        case .begin(let gtid): state = gtid.isStandalone == false ? .inside : .announced
        case .commit, .xaPrepare, .rotate: state = .outside
        case .query(let query): see(query.meaning)
        case .table, .rows: if state == .announced { state = .inside }
        case .heartbeat, .other: break
        }
    }

    private mutating func see(_ meaning: QueryEvent.Meaning) {
        switch meaning {
        case .begin, .xa: state = .inside
        case .commit, .rollback, .xaEnd: state = .outside
        case .savepoint: break
        // DDL; inside of a transaction the table that is filled from a query.
        case .other: if state == .announced { state = .outside }
        }
    }
}
