/// What a service of several loops has to tell its manager as they go on.
///
/// States: starting → ready, with the first pass that any loop has made; ready → reloading, when
/// passes are asked for; reloading → ready, when every loop known by then has made one; any →
/// stopping.
package struct ServiceProgress: Sendable {
    private enum State {
        case starting
        case ready
        /// The loops whose pass is awaited.
        case reloading(Set<String>)
        case stopping
    }

    private var state = State.starting
    private var texts: [String: String] = [:]

    package init() {}

    /// A loop made a pass, or knows that another process makes them.
    package mutating func passed(_ loop: String, _ text: String) -> [ServiceMessage] {
        texts[loop] = text
        switch state {
        case .starting:
            state = .ready
            return [.ready, status]
        case .ready: return [status]
        case .reloading(let awaited): return reloaded(awaited, by: loop)
        case .stopping: return []
        }
    }

    /// A loop could not make a pass, and tries again.
    package mutating func failed(_ loop: String, _ text: String) -> [ServiceMessage] {
        texts[loop] = text
        switch state {
        case .starting, .ready: return [status]
        case .reloading(let awaited): return reloaded(awaited, by: loop)
        case .stopping: return []
        }
    }

    /// A pass of every loop was asked for, at this time of the monotonic clock in microseconds.
    package mutating func reloading(at time: UInt64) -> [ServiceMessage] {
        switch state {
        case .starting, .stopping: return []
        case .ready, .reloading:
            state = .reloading(Set(texts.keys))
            return [.reloading(at: time)]
        }
    }

    /// The end was asked for.
    package mutating func stopping(_ text: String) -> [ServiceMessage] {
        if case .stopping = state { return [] }
        state = .stopping
        return [.stopping, .status(text)]
    }

    private mutating func reloaded(_ awaited: Set<String>, by loop: String) -> [ServiceMessage] {
        let left = awaited.subtracting([loop])
        state = left.isEmpty ? .ready : .reloading(left)
        return left.isEmpty ? [.ready, status] : [status]
    }

    private var status: ServiceMessage {
        .status(texts.keys.sorted().map { "\($0): \(texts[$0] ?? "")" }.joined(separator: "; "))
    }
}
