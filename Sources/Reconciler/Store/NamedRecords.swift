import Ledger
import Model
import Schema

/// Finds records by the names that people use: the beginning of a digest or of a rollout's id, or a
/// shard as `commerce/0`.
package struct NamedRecords {
    /// A record with the path where it is kept.
    package struct Found: Sendable {
        package let path: String
        package let text: String
    }

    private let snapshot: RecordSnapshot

    package init(snapshot: RecordSnapshot) { self.snapshot = snapshot }

    /// The plans, approvals, rollouts, rollbacks and texts of the catalog whose names begin with
    /// `name`, and the shard of that name. Looks at every rollout's name.
    package func all(_ name: String) throws(LedgerError) -> [Found] {
        let prefix = name.lowercased()
        var found: [Found] = []
        for digest in try digests(prefix, in: RecordPath.plans) {
            try add(RecordPath.plan(digest), to: &found)
        }
        for digest in try digests(prefix, in: RecordPath.approvals) {
            guard let record = try snapshot.approval(digest) else { continue }
            try add(record, at: RecordPath.approval(digest), to: &found)
        }
        for digest in try digests(prefix, in: RecordPath.catalogFolder) {
            try add(RecordPath.catalog(digest), to: &found)
        }
        for id in try snapshot.rolloutIDs() where id.hasPrefix(prefix) {
            try add(RecordPath.rollout(id), to: &found)
        }
        for record in try snapshot.rollbacks() where record.id.hasPrefix(prefix) {
            try add(record, at: RecordPath.rollbacks, to: &found)
        }
        if let shard = Self.shard(name), let record = try snapshot.shard(shard) {
            try add(record, at: RecordPath.shard(shard), to: &found)
        }
        return found
    }

    private func digests(
        _ prefix: String, in folder: LedgerPath
    ) throws(LedgerError) -> [Digest] {
        guard prefix.count >= 2 else { return [] }
        return try snapshot.list(folder.appending(digits: prefix, depth: 2))
            .filter { $0.hasPrefix(prefix) }.compactMap { Digest(hex: $0) }
    }

    /// The namespace is a plain name, so the first `/` ends it.
    private static func shard(_ name: String) -> ShardID? {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        return ShardID(
            namespace: String(name[..<slash]), shard: String(name[name.index(after: slash)...]))
    }

    private func add(_ path: LedgerPath, to found: inout [Found]) throws(LedgerError) {
        guard let bytes = try snapshot.read(path) else { return }
        found.append(Found(path: path.encoded, text: String(decoding: bytes, as: UTF8.self)))
    }

    private func add(
        _ value: some Encodable, at path: LedgerPath, to found: inout [Found]
    ) throws(LedgerError) {
        let bytes = try CanonicalJSON.encode(value)
        found.append(Found(path: path.encoded, text: String(decoding: bytes, as: UTF8.self)))
    }
}
