import CMySQL
import Execution
import Foundation
import Schema

/// A session over which a server sends its binary log, event by event and for ever.
///
/// One thread reads; any other may call ``end()``. Of the client library only the packets are used:
/// its own decoder of events loses values, and knows few events of MySQL.
// Sendable: one thread reads, and what others touch is behind `state`.
package final class BinlogDump: @unchecked Sendable {
    /// What is shared with the thread that ends the reading.
    private struct State {
        var isEnded = false
        /// The session's socket; nil once it is closed, when its number may mean another file.
        var descriptor: Int32?
    }

    private let connection: Connection
    private let state = Lock(State())

    /// Asks the server to send, over a session that is used for nothing else from now on.
    ///
    /// - Parameters:
    ///   - connection: the session; its read timeout has to be longer than the server's heartbeat.
    ///   - file: the name of a file of the binary log; empty where the session's variables say
    ///     where to begin.
    ///   - offset: the place of the first event in that file, in bytes from its start.
    ///   - serverID: who asks; of two with the same number the server sends the earlier one away.
    package init(
        over connection: Connection, file: String, offset: UInt32, serverID: UInt32
    ) throws(MySQLError) {
        self.connection = connection
        let handle = try connection.usableHandle()
        let started = Date()
        var name = file
        let status = name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                plumb_begin_dump(handle, $0.baseAddress, $0.count, UInt(offset), serverID)
            }
        }
        guard status == 0 else { throw connection.lost(started: started, during: .reading) }
        state.withLock { $0.descriptor = mysql_get_socket(handle) }
    }

    deinit {
        close()
    }

    /// The bytes of the next event, its header first; waits for it. Nil after ``end()``, and where
    /// the server says that nothing follows.
    ///
    /// Throws what the server says (error 1236 for a place that it has not), `lostConnection`, or
    /// `timeout` where not even a heartbeat came.
    package func next() throws(MySQLError) -> [UInt8]? {
        guard !isEnded else { return nil }
        let handle = try connection.usableHandle()
        let started = Date()
        let length = mysql_net_read_packet(handle)
        guard length != Self.failure else {
            // Before the socket is closed: its number may be another file's a moment later.
            state.withLock { $0.descriptor = nil }
            let error = connection.lost(started: started, during: .reading)
            guard !isEnded else { return nil }
            throw error
        }
        let packet = UnsafeBufferPointer(start: handle.pointee.net.read_pos, count: Int(length))
        switch packet.first {
        case 0: return Array(UnsafeBufferPointer(rebasing: packet.dropFirst()))
        case 0xfe where length < 9: return nil
        default:
            close()
            throw MySQLError(
                kind: .other,
                message: "the server answered with a packet that is no event of its binary log",
                server: connection.server)
        }
    }

    /// Ends the reading, also one that waits: it returns nil from now on.
    package func end() {
        state.withLock { state in
            state.isEnded = true
            if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes the session; to be called by the thread that reads.
    package func close() {
        state.withLock { $0.descriptor = nil }
        connection.close()
    }

    private var isEnded: Bool { state.withLock { $0.isEnded } }

    /// `packet_error` of the library, an unsigned int made longer.
    private static let failure = UInt(UInt32.max)
}
