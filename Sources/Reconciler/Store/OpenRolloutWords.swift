import Model
import Reports

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
