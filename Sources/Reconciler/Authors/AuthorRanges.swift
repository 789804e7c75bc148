import Basics
import Git
import Model

/// The revisions after which the history counts for a shard: those at which it was last converged.
final class AuthorRanges {
    /// A range of history to search for authors.
    struct Range: Hashable {
        let tip: ObjectID
        /// The commit that the range begins after; nil for the whole history.
        let base: ObjectID?
    }

    /// Why the authors of a change cannot be determined.
    struct Unknown: Error {
        let reason: String
    }

    private let repository: Repository
    private let tip: ObjectID
    private let converged: String?
    private var known: [[String]: Result<[Range], Unknown>] = [:]

    /// - Parameter converged: the commit that the last complete pass found on every shard.
    init(repository: Repository, tip: ObjectID, converged: String?) {
        self.repository = repository
        self.tip = tip
        self.converged = converged
    }

    /// The ranges to search for a shard; the whole history for one that was never converged.
    func ranges(since record: ShardRecord?) throws(Unknown) -> [Range] {
        guard let record else { return [Range(tip: tip, base: nil)] }
        let ranges = try known(since: record)
        // A commit that the environment reached before it had this shard says nothing about the
        // shard.
        return record.revision == nil ? [Range(tip: tip, base: nil)] : ranges
    }

    private func known(since record: ShardRecord) throws(Unknown) -> [Range] {
        let full = [record.revision, converged].map { $0 ?? "" }
        let key = full + [record.lastRevision ?? ""]
        if let known = known[key] { return try known.get() }
        let result = Result { () throws(Unknown) in
            if let last = record.lastRevision { _ = try ancestor(last) }
            return try begins(at: full.filter { !$0.isEmpty })
        }
        known[key] = result
        return try result.get()
    }

    private func begins(at revisions: [String]) throws(Unknown) -> [Range] {
        var ids: [ObjectID] = []
        for revision in revisions { ids.append(try ancestor(revision)) }
        guard let first = ids.first else { return [Range(tip: tip, base: nil)] }
        guard let second = ids.dropFirst().first, second != first else {
            return [Range(tip: tip, base: first)]
        }
        // The shard had both at some time; the later commit is the one that it had last.
        if try isAncestor(first, of: second) { return [Range(tip: tip, base: second)] }
        if try isAncestor(second, of: first) { return [Range(tip: tip, base: first)] }
        return [Range(tip: tip, base: first), Range(tip: tip, base: second)]
    }

    /// The commit `revision`, which must be an ancestor of the followed tip.
    private func ancestor(_ revision: String) throws(Unknown) -> ObjectID {
        guard let id = ObjectID(hex: revision), (try? repository.commit(id)) != nil else {
            throw Unknown(
                reason: "the recorded revision \(revision.prefix(7)) is not in the repository; "
                    + "fetch it, with `git fetch --unshallow` in a shallow clone")
        }
        guard try isAncestor(id, of: tip) else {
            throw Unknown(
                reason: "the recorded revision \(revision.prefix(7)) is not an ancestor of "
                    + "\(tip.short), so history was rewritten; follow a branch that contains it")
        }
        return id
    }

    private func isAncestor(_ older: ObjectID, of newer: ObjectID) throws(Unknown) -> Bool {
        do throws(GitError) {
            return try repository.isAncestor(older, of: newer)
        } catch {
            throw Unknown(reason: "\(error)")
        }
    }
}
