/// What an event says.
package enum BinlogEvent: Sendable {
    /// A transaction, or a statement that is one by itself, begins.
    case begin(GTIDEvent)
    case query(QueryEvent)
    /// A transaction is committed.
    case commit
    /// A transaction is prepared, and committed or rolled back by a later statement.
    case xaPrepare
    /// The events of rows that follow are about this table.
    case table(TableMapEvent)
    case rows(RowsEvent)
    case rotate(RotateEvent)
    /// Nothing happened for a while.
    case heartbeat
    /// One that says nothing about rows.
    case other
}

/// An event with its place.
package struct BinlogEntry: Sendable {
    package let header: EventHeader
    package let event: BinlogEvent
    /// Where the log goes on behind it.
    package let end: BinlogPosition
}
