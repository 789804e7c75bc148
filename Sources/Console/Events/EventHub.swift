import Execution
import Foundation
import HTTP

/// Sends what happens to everybody who listens, as server-sent events (WHATWG HTML, section 9.2).
///
/// The last events are kept: who was away for a moment says which one was the last it heard, and
/// gets what came since.
package final class EventHub: Sendable {
    private let state = Lock(State())
    private let keptCount: Int
    private let streamBytes: Int

    private struct State {
        var lastID: UInt64 = 0
        var kept: [Event] = []
        var listeners: [Int: Listener] = [:]
        var nextListener = 0
        var isEnded = false
    }

    private struct Event: Sendable {
        let id: UInt64
        let environment: String?
        let bytes: [UInt8]
    }

    private struct Listener: Sendable {
        let stream: HTTPStream
        /// The environment that it listens to; nil for all.
        let environment: String?
    }

    package init(keptCount: Int = 1_000, streamBytes: Int = 1 << 20) {
        self.keptCount = keptCount
        self.streamBytes = streamBytes
    }

    /// How many listen.
    package var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// - Parameters:
    ///   - environment: what it is about; nil for all.
    ///   - json: one line.
    package func publish(_ json: String, of environment: String?) {
        // Written under the lock, so that everybody hears all in one order.
        state.withLock { state in
            state.lastID += 1
            let event = Event(
                id: state.lastID, environment: environment,
                bytes: Array("id: \(state.lastID)\ndata: \(json)\n\n".utf8))
            state.kept.append(event)
            // In blocks: taking the first one away costs as much as there are.
            if state.kept.count >= 2 * keptCount {
                state.kept.removeFirst(state.kept.count - keptCount)
            }
            for listener in state.listeners.values where Self.hears(event, listener.environment) {
                listener.stream.write(event.bytes)
            }
        }
    }

    /// A stream of what happens from now on, after what is kept since `last`.
    ///
    /// - Parameters:
    ///   - last: the id of the last event that was heard; nil for the first time.
    package func listen(to environment: String?, after last: UInt64?) -> HTTPStream {
        let number = state.withLock { state in
            state.nextListener += 1
            return state.nextListener
        }
        let stream = HTTPStream(limitBytes: streamBytes) { [weak self] in self?.leave(number) }
        // Written under the lock, so that no event comes twice or before an older one.
        let isEnded = state.withLock { state in
            stream.write(Array("retry: 2000\n\n".utf8))
            if let last, last < state.lastID {
                let missed = state.kept.suffix(keptCount).filter { $0.id > last }
                if (missed.first?.id ?? 0) > last + 1 {
                    stream.write(Array("event: missed\ndata: {}\n\n".utf8))
                }
                for event in missed where Self.hears(event, environment) {
                    stream.write(event.bytes)
                }
            } else if let last, last > state.lastID {
                // The ids are those of an earlier process.
                stream.write(Array("event: missed\ndata: {}\n\n".utf8))
            }
            state.listeners[number] = Listener(stream: stream, environment: environment)
            return state.isEnded
        }
        if isEnded { stream.end() }
        return stream
    }

    /// Says something that nobody heeds, so that connections stay open and lost ones are noticed.
    package func keepAlive() {
        let streams = state.withLock { $0.listeners.values.map(\.stream) }
        for stream in streams { stream.write(Array(": \n\n".utf8)) }
    }

    /// Ends all streams, and those that still come.
    package func end() {
        let streams = state.withLock { state in
            state.isEnded = true
            return state.listeners.values.map(\.stream)
        }
        for stream in streams { stream.end() }
    }

    private func leave(_ number: Int) {
        state.withLock { $0.listeners[number] = nil }
    }

    private static func hears(_ event: Event, _ environment: String?) -> Bool {
        environment == nil || event.environment == nil || event.environment == environment
    }
}
