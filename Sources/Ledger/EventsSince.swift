import Basics
import Store

extension LedgerSnapshot {
    /// The events after a transition, the oldest first; nil where it is not among the last `reach`
    /// ones, or not in this history.
    ///
    /// Reads one transition after the other, from the newest on.
    package func events(
        since place: ObjectID, reach: Int = 20_000
    ) throws(LedgerError) -> [LedgerRecord]? {
        var found: [LedgerRecord] = []
        var next: ObjectID? = commit
        for _ in 0...reach {
            guard let id = next else { return nil }
            if id == place { return found.reversed() }
            let (transition, records) = try events(of: id)
            found += records
            next = transition.parents.first
        }
        return nil
    }
}
