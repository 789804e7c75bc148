/// What the binary log tells about one table and its copy, in the order of the log.
package enum Change: Hashable, Sendable {
    /// Rows were written, changed or deleted: the literals of their keys, before and after.
    case rows([[String]])
    /// The copy's own record of its progress, with this number, was committed.
    case mark(UInt64)
    /// Everything before this place was read, and no transaction is half read.
    case place(LogPlace)
    /// A statement changed the definition of the table.
    case redefined(String)
}

/// A place in the binary log of one server.
package struct LogPlace: Codable, Hashable, Sendable {
    package var file: String
    package var offset: UInt64

    package init(file: String, offset: UInt64) {
        self.file = file
        self.offset = offset
    }
}

/// Reads the binary log in a thread of its own.
package protocol ChangeFeed: AnyObject, Sendable {
    /// The changes since the last call, in order; waits for the first one at most `seconds`.
    ///
    /// Throws `server` where the log cannot be read on, and `stopped` where what is missing in it
    /// cannot be had any more.
    func take(waiting seconds: Double) throws(CopyFailure) -> [Change]

    func end()
}
