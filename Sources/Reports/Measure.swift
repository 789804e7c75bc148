/// What a process measures of its own work, for metrics; nothing of it names a shard or a table.
package enum Measure: Hashable, Sendable {
    /// A statement that changes a shard has ended, well or not, so many seconds after it was sent.
    case statement(seconds: Double)
    /// A statement gave up, as another session held a lock.
    case lockWait
    /// A commit was recorded in the ledger, with objects of so many bytes in all.
    case recorded(bytes: Int)
    /// The schema repository could not be fetched, and there is no copy to go on with.
    case fetchFailed
}
