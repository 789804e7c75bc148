import Basics
import Ledger
import Model
import Schema

/// How a shard's record is kept: a small header, and the digests of its tables in one document; in
/// one for each two digits of their names once there were many.
///
/// So a change of one table rewrites little, however many tables there are, and the tables of
/// shards in the same state are the same git objects.
enum ShardDocuments {
    /// The most tables that are kept in one document.
    static let most = 64

    /// What is known of a shard apart from its tables.
    struct Header: Codable {
        var version = 1
        var revision: String?
        var lastRevision: String?
        var since: String
        /// Whether the tables are in several documents; nil where they are in one.
        var isWide: Bool?
    }

    /// The documents of a shard that has none.
    static func all(
        of record: ShardRecord, _ id: ShardID
    ) throws(LedgerError) -> [Layout1.Edit] {
        var header = header(of: record)
        var documents = [RecordPath.allTables(id): record.tables]
        if record.tables.count > most {
            header.isWide = true
            documents = groups(record.tables, id)
        }
        var edits: [Layout1.Edit] = []
        edits.append((RecordPath.shardHeader(id), try CanonicalJSON.encode(header)))
        for (path, tables) in documents where !tables.isEmpty {
            edits.append((path, try TablesDocument.bytes(of: tables)))
        }
        return edits
    }

    static func header(of record: ShardRecord) -> Header {
        Header(
            version: record.version, revision: record.revision,
            lastRevision: record.lastRevision, since: record.since)
    }

    /// The tables of a shard by the document that they are kept in.
    static func groups<Value>(
        _ tables: [String: Value], _ id: ShardID
    ) -> [LedgerPath: [String: Value]] {
        var groups: [LedgerPath: [String: Value]] = [:]
        for (name, value) in tables {
            groups[RecordPath.tables(id, like: name), default: [:]][name] = value
        }
        return groups
    }
}

extension RecordReader {
    /// What was recorded of a shard apart from its tables.
    func shardHeader(_ id: ShardID) throws(LedgerError) -> ShardDocuments.Header? {
        try read(ShardDocuments.Header.self, at: RecordPath.shardHeader(id))
    }
}

extension LedgerDraft {
    /// Records a whole shard.
    ///
    /// - Parameter known: what the ledger has of it; nil where it has nothing. Only what differs is
    ///   written.
    package mutating func setShard(
        _ id: ShardID, _ record: ShardRecord, over known: ShardRecord?
    ) throws(LedgerError) {
        let present = try shardHeader(id)
        if known == nil, present != nil {
            throw LedgerError(
                .lostRace, "\(id) was recorded by another process meanwhile", remedy: "try again")
        }
        var header = ShardDocuments.header(of: record)
        header.isWide = present?.isWide
        var changes: [String: Digest?] = record.tables.filter { known?.tables[$0.key] != $0.value }
        for name in known?.tables.keys.map({ $0 }) ?? [] where record.tables[name] == nil {
            changes[name] = .some(nil)
        }
        try setTables(of: id, changes, &header)
        try set(RecordPath.shardHeader(id), json: header)
    }

    /// Records what became of some tables of a shard; nil stands for one that is gone.
    ///
    /// - Parameter revision: the commit of the plan that changed it; nil where it is not known.
    package mutating func changeShard(
        _ id: ShardID, tables: [String: Digest?], revision: String?, at time: Timestamp
    ) throws(LedgerError) {
        var header = try shardHeader(id) ?? ShardDocuments.Header(since: time.iso)
        header.since = time.iso
        header.lastRevision = revision ?? header.lastRevision
        try setTables(of: id, tables, &header)
        try set(RecordPath.shardHeader(id), json: header)
    }

    /// Records that a shard stands in full at `revision`, unless it stood so before.
    package mutating func setFirstRevision(
        of id: ShardID, _ revision: String
    ) throws(LedgerError) {
        guard var header = try shardHeader(id), header.revision == nil else { return }
        header.revision = revision
        try set(RecordPath.shardHeader(id), json: header)
    }

    /// Records that nobody can say at which revision a shard stands in full: whoever changed
    /// anything of it before is an author of its next change.
    package mutating func clearRevision(of id: ShardID) throws(LedgerError) {
        guard var header = try shardHeader(id), header.revision != nil else { return }
        header.revision = nil
        try set(RecordPath.shardHeader(id), json: header)
    }

    /// Once there were many tables, they stay in several documents.
    private mutating func setTables(
        of id: ShardID, _ changes: [String: Digest?], _ header: inout ShardDocuments.Header
    ) throws(LedgerError) {
        let all = RecordPath.allTables(id)
        guard header.isWide != true else {
            for (path, changes) in ShardDocuments.groups(changes, id) {
                try set(path, tables: changed(path, changes))
            }
            return
        }
        let tables = try changed(all, changes)
        guard tables.count > ShardDocuments.most else { return try set(all, tables: tables) }
        header.isWide = true
        try remove(all)
        for (path, tables) in ShardDocuments.groups(tables, id) { try set(path, tables: tables) }
    }

    /// The tables in a document with the changes.
    private func changed(
        _ path: LedgerPath, _ changes: [String: Digest?]
    ) throws(LedgerError) -> [String: Digest] {
        var tables: [String: Digest] = [:]
        if let bytes = try read(path) { tables = try TablesDocument.tables(in: bytes, at: path) }
        for (name, digest) in changes { tables[name] = digest }
        return tables
    }

    private mutating func set(
        _ path: LedgerPath, tables: [String: Digest]
    ) throws(LedgerError) {
        if tables.isEmpty {
            try remove(path)
        } else {
            try set(path, TablesDocument.bytes(of: tables))
        }
    }
}

extension RecordSnapshot {
    /// What was last recorded of a shard; nil where nothing was.
    package func shard(_ id: ShardID) throws(LedgerError) -> ShardRecord? {
        guard let header = try shardHeader(id) else { return nil }
        let folder = RecordPath.tables(in: RecordPath.shard(id))
        return record(header, tables: try tables(in: folder))
    }

    /// The digests of the tables in the folder of a shard's tables.
    func tables(in folder: LedgerPath) throws(LedgerError) -> [String: Digest] {
        var tables: [String: Digest] = [:]
        for path in try paths(below: folder) {
            guard let bytes = try read(path) else { continue }
            tables.merge(try TablesDocument.tables(in: bytes, at: path)) { $1 }
        }
        return tables
    }

    func record(_ header: ShardDocuments.Header, tables: [String: Digest]) -> ShardRecord {
        var record = ShardRecord(tables: tables, revision: header.revision, since: header.since)
        record.version = header.version
        record.lastRevision = header.lastRevision
        return record
    }
}
