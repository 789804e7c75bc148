import Model
import Reports
import Schema

/// What an open rollout waits for, in its report.
extension RolloutReport {
    /// Says what keeps the later waves from opening.
    mutating func wait(_ next: RolloutProgress.Next, of record: RolloutRecord) {
        guard state?.isTerminal == false, let words = next.words(of: record.waves.count) else {
            return
        }
        say(words)
    }

    /// Says that it waits until somebody lets it go on.
    mutating func stand(_ standstill: RolloutMark.Standstill) {
        guard state?.isTerminal == false else { return }
        state = standstill.state
        say(standstill.words)
    }

    /// Adds to what is said of it.
    mutating func say(_ words: String) {
        message = [message, words].compactMap(\.self).joined(separator: "; ")
    }
}

extension RolloutReport.Due {
    /// What is due by itself; nil where a rollout waits for something else.
    init?(_ next: RolloutProgress.Next, of record: RolloutRecord) {
        let waves = record.waves.count
        switch next {
        case .bake(let wave, let until):
            self.init(at: until.iso, baking: wave + 1, waves: waves)
        case .retry(_, let key, let until):
            self.init(at: until.iso, waves: waves, retrying: key)
        case .run, .cutOver, .abandon, .awaitCutover, .wait, .restart, .halt, .end: return nil
        }
    }
}

extension StatusReport {
    /// Says who goes on with the rollouts, and which shards of theirs wait for those that began
    /// before them.
    ///
    /// - Parameter isServed: whether a daemon is there.
    package mutating func noteTurns(isServed: Bool) {
        let open = (others + [rollout].compactMap(\.self)).filter { $0.state?.isTerminal != true }
        rollout?.noteTurn(among: open, isServed)
        for place in others.indices { others[place].noteTurn(among: open, isServed) }
    }
}

extension RolloutReport {
    fileprivate mutating func noteTurn(among open: [RolloutReport], _ isServed: Bool) {
        self.isServed = isServed
        guard state?.isTerminal != true, let number else { return }
        for other in open {
            guard let first = other.number, first < number, let id = other.rollout,
                other.state != .stopped, other.state != .paused
            else { continue }
            let waiting = unfinished.intersection(other.unfinished).sorted()
            guard let shard = waiting.first else { continue }
            let more = waiting.count > 1 ? " and \(Count.of(waiting.count - 1, "other"))" : ""
            let verb = waiting.count > 1 ? "wait" : "waits"
            say(
                "\(shard)\(more) \(verb) for rollout \(id), which began before and goes first "
                    + "there")
        }
    }

    /// The shards on which it has operations that have not ended.
    private var unfinished: Set<ShardID> {
        groups.filter { !$0.state.isTerminal }.reduce(into: []) { shards, group in
            for shard in group.shards {
                shards.insert(ShardID(namespace: group.namespace, shard: shard))
            }
        }
    }
}
