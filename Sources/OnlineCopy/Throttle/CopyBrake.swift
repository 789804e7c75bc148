/// Says when a copy has to wait for others: for replicas, for the server, for the disk.
///
/// A copy asks before each of its parts (a range of rows, the indexes, a range compared). While it
/// waits it goes on bringing over what others write, which is not its own to delay.
package protocol CopyBrake: Sendable {
    /// Why the copy has to wait, as a sentence; nil where it may go on. Answers at once.
    func reason() -> String?

    /// Takes note of a commit of the copy's own, which replicas will have later.
    ///
    /// - Parameters:
    ///   - mark: the number that it wrote, which is one higher each time.
    ///   - seconds: how long the server took for the `COMMIT`.
    func note(mark: UInt64, commitSeconds seconds: Double)
}
