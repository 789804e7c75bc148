import CMicroHTTPD
import Foundation

/// The rest of an answer that comes piece by piece for as long as the client stays.
///
/// Whoever has something writes it here; the thread of the server takes it when the client can.
package final class HTTPStream: @unchecked Sendable {
    private let lock = NSLock()
    private let limitBytes: Int
    private var pieces: [[UInt8]] = []
    /// How much of the first piece has gone.
    private var taken = 0
    private var waitingBytes = 0
    private var isEnded = false
    private var isGone = false
    /// The connection while it is suspended, as there is nothing to send.
    private var suspended: OpaquePointer?
    private let gone: @Sendable () -> Void

    /// - Parameters:
    ///   - limitBytes: what may wait for a client that does not take it.
    ///   - gone: called once when the client has gone, or the stream has ended.
    package init(limitBytes: Int, gone: @escaping @Sendable () -> Void = {}) {
        self.limitBytes = limitBytes
        self.gone = gone
    }

    /// Sends bytes as soon as the client takes them; false where it has gone, or leaves so much
    /// lying that the stream ends.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard !isEnded, !isGone else { return false }
        if waitingBytes + bytes.count > limitBytes {
            isEnded = true
        } else if !bytes.isEmpty {
            pieces.append(bytes)
            waitingBytes += bytes.count
        }
        resume()
        return !isEnded
    }

    /// Ends the stream after what was written.
    package func end() {
        lock.lock()
        isEnded = true
        resume()
        lock.unlock()
    }

    private func resume() {
        guard let connection = suspended else { return }
        suspended = nil
        MHD_resume_connection(connection)
    }

    /// Fills the buffer of the server's thread; suspends the connection where there is nothing.
    func read(
        _ connection: OpaquePointer, into buffer: UnsafeMutablePointer<CChar>, count: Int
    ) -> Int {
        lock.lock()
        defer { lock.unlock() }
        guard let piece = pieces.first else {
            if isEnded { return -1 }
            MHD_suspend_connection(connection)
            suspended = connection
            return 0
        }
        let length = min(count, piece.count - taken)
        UnsafeMutableRawBufferPointer(start: buffer, count: length)
            .copyBytes(from: piece[taken..<taken + length])
        taken += length
        waitingBytes -= length
        if taken == piece.count {
            pieces.removeFirst()
            taken = 0
        }
        return length
    }

    /// The connection is over: nothing is sent any more.
    func close() {
        lock.lock()
        let isFirst = !isGone
        isGone = true
        suspended = nil
        pieces = []
        lock.unlock()
        if isFirst { gone() }
    }
}
