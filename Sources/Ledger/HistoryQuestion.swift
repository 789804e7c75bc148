import Basics
import Store

/// Which events of an environment are asked for.
package struct HistoryQuestion: Sendable {
    /// How many events at most.
    package var limit: Int
    /// Only events that happened before this transition: its commit, or its beginning; `commit:3`
    /// leaves the three newest events of it out.
    package var before: String?
    /// Only events that happened after this transition.
    package var after: String?
    /// Only events in which this text occurs, in capitals or not.
    package var search: String?
    /// How many transitions are looked at, at most.
    package var reach = 20_000

    package init(limit: Int) { self.limit = limit }
}

/// Some events of an environment, newest first.
package struct HistoryPage: Sendable {
    package var records: [LedgerRecord]
    /// What `before` is to be for the next page; nil where there is none.
    package var next: String?
}

/// A question names a transition that is not known.
package struct UnknownTransition: RemediedError {
    package let fault: String
    package let remedy: String? =
        "give a commit as `plumb log` prints it, all 40 digits where it is far back"

    init(_ text: String) { fault = "no transition `\(text)` is known here" }
}

extension LedgerSnapshot {
    /// The events that are asked for, up to this transition; throws ``UnknownTransition``, too.
    ///
    /// Reads one transition after the other, from the newest on or from the one
    /// that is named whole.
    package func history(_ question: HistoryQuestion) throws -> HistoryPage {
        var page = HistoryPage(records: [], next: nil)
        var (next, left): (ObjectID?, Int) = (commit, 0)
        if let before = question.before { (next, left) = try place(before, question) }
        let end = try question.after.map { try transition($0, question) }
        let needle = question.search?.lowercased()
        var count = 0
        while let id = next, id != end {
            guard count < question.reach else {
                page.next = "\(id.hex):\(left)"
                return page
            }
            count += 1
            let (transition, records) = try events(of: id)
            for (place, record) in records.enumerated().dropFirst(left) {
                guard needle.map(record.holds) ?? true else { continue }
                guard page.records.count < question.limit else {
                    page.next = "\(id.hex):\(place)"
                    return page
                }
                page.records.append(record)
            }
            (next, left) = (transition.parents.first, 0)
        }
        return page
    }

    /// Where a page begins: a transition, and how many of its newest events are left out.
    private func place(_ text: String, _ question: HistoryQuestion) throws -> (ObjectID?, Int) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let found = try transition(parts.first ?? "", question)
        guard parts.count == 2 else { return (try events(of: found).transition.parents.first, 0) }
        guard let left = Int(parts[1]), left >= 0 else { throw UnknownTransition(text) }
        return (found, left)
    }

    /// The transition with this name, or the newest whose name begins so.
    private func transition(_ text: String, _ question: HistoryQuestion) throws -> ObjectID {
        if let whole = ObjectID(hex: text) { return whole }
        guard text.count >= 4 else { throw UnknownTransition(text) }
        var next: ObjectID? = commit
        for _ in 0..<question.reach {
            guard let id = next else { break }
            if id.hex.hasPrefix(text.lowercased()) { return id }
            next = try events(of: id).transition.parents.first
        }
        throw UnknownTransition(text)
    }
}

extension LedgerRecord {
    /// Whether the text, in small letters, occurs in it.
    fileprivate func holds(_ needle: String) -> Bool {
        let texts = [
            event.kind, event.subject, event.reason ?? "", event.key ?? "", actor.name,
            actor.email, commit.short,
        ]
        return texts.contains { $0.lowercased().contains(needle) }
    }
}
