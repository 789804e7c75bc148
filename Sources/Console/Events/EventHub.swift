import Execution
import Foundation
import HTTP
import Tokens

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
        let right: Right?
    }

    /// By what somebody listens, for as long as it is good.
    package struct Right: Sendable {
        let token: AccessToken
        let isGood: @Sendable (AccessToken) -> Bool

        package init(
            of token: AccessToken, isGood: @escaping @Sendable (AccessToken) -> Bool
        ) {
            self.token = token
            self.isGood = isGood
        }
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
        endRevoked()
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
    ///   - right: asked again before each event; the stream ends where it is good no more. Nil
    ///     for a stream that nobody can take away.
    package func listen(
        to environment: String?, after last: UInt64?, by right: Right? = nil
    ) -> HTTPStream {
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
            state.listeners[number] = Listener(
                stream: stream, environment: environment, right: right)
            return state.isEnded
        }
        if isEnded { stream.end() }
        return stream
    }

    /// Says something that nobody heeds, so that connections stay open and lost ones are noticed.
    package func keepAlive() {
        endRevoked()
        let streams = state.withLock { $0.listeners.values.map(\.stream) }
        for stream in streams { stream.write(Array(": \n\n".utf8)) }
    }

    /// Ends the streams of those whose token is good no more; each token is looked at once.
    private func endRevoked() {
        // Not under the lock: the file of tokens may be read.
        let listeners = state.withLock { Array($0.listeners) }
        var verdicts: [AccessToken: Bool] = [:]
        for (number, listener) in listeners {
            guard let right = listener.right else { continue }
            let isGood = verdicts[right.token] ?? right.isGood(right.token)
            verdicts[right.token] = isGood
            guard !isGood else { continue }
            leave(number)
            listener.stream.end()
        }
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
