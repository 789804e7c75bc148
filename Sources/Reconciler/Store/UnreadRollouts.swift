import Ledger
import Model
import Schema

/// A rollout that has not ended as far as anybody can tell: its own record cannot be read. Nothing
/// that it has operations of begins, and the rest goes on.
package struct UnreadRollout: Sendable {
    package let id: String
    package let error: LedgerError
    /// Its operations that may not have ended, as the names of their records say which they are;
    /// nil where the ledger has none of it.
    package let keys: Set<OperationKey>?
    /// The namespaces that it is about, as far as the ledger says.
    package let namespaces: Set<String>

    fileprivate init(
        id: String, error: LedgerError, keys: Set<OperationKey>?, namespaces: Set<String>
    ) {
        self.id = id
        self.error = error
        self.keys = keys
        self.namespaces = namespaces.union((keys ?? []).map(\.namespace))
    }

    /// Whether an operation may be one of its own. Where the ledger has nothing of the rollout
    /// but that it is open, each may be.
    package func covers(_ key: OperationKey) -> Bool {
        if let keys { return keys.contains(key) }
        return namespaces.isEmpty || namespaces.contains(key.namespace)
    }

    /// Why nothing of it begins, and how that ends, as a sentence for people.
    package var words: String {
        "rollout \(id) is set aside: its record cannot be read (\(error.fault)): "
            + "\(error.remedy.map { "\($0), or " } ?? "")look at its shards and then "
            + "`plumb unlock --rollout \(id) --reason …`"
    }
}

extension RecordSnapshot {
    /// The rollouts that are marked as open and of which the record cannot be read, or is missing.
    /// Costs a read for each open rollout; the operations of those alone are looked at.
    package func unreadRollouts() throws(LedgerError) -> [UnreadRollout] {
        var unread: [UnreadRollout] = []
        for id in try list(RecordPath.openFolder).sorted() {
            guard let error = try damage(of: id) else { continue }
            var (keys, known) = (Set<OperationKey>(), false)
            for path in try paths(below: RecordPath.operations(id)) {
                guard let key = path.components.last.flatMap(RecordPath.operationKey(named:))
                else { continue }
                known = true
                if try !hasEnded(key, of: id) { keys.insert(key) }
            }
            unread.append(
                UnreadRollout(
                    id: id, error: error, keys: known ? keys : nil,
                    namespaces: Set(try list(RecordPath.finalizers(id)))))
        }
        return unread
    }

    /// Why the record of a rollout that is marked as open cannot be read; nil where it can.
    private func damage(of id: String) throws(LedgerError) -> LedgerError? {
        do throws(LedgerError) {
            guard try rollout(id) == nil else { return nil }
            return LedgerError(
                .damaged, "\(RecordPath.rollout(id)): the record is missing",
                remedy: "restore the branch from before")
        } catch  where error.isOfContent {
            return error
        }
    }

    /// Whether an operation is known to have ended.
    private func hasEnded(_ key: OperationKey, of id: String) throws(LedgerError) -> Bool {
        do throws(LedgerError) {
            return try operation(id, key)?.state.isTerminal == true
        } catch  where error.isOfContent {
            return false
        }
    }
}
