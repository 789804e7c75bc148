import MySQLClient

/// What a copy does while it must not, or need not, go on.
extension TableCopy {
    /// Brings over what changes for about so many seconds, and does nothing else.
    package func keepUp(seconds: Double) throws(CopyFailure) {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        repeat {
            try listen(waiting: min(0.05, seconds))
            try follow()
        } while clock.now < end
    }
}
