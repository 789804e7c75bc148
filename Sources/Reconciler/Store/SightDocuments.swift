import Ledger
import Model
import Schema

/// How it is kept what is to be read by workers, and what they saw: a document for each server, so
/// that who reads one server writes no more than that.
extension RecordReader {
    /// What is to be read on a server; nil where nothing is.
    func asked(on server: String) throws(LedgerError) -> AskedServer? {
        let path = RecordPath.asked(server)
        guard let bytes = try read(path) else { return nil }
        try SightDocuments.check(bytes, most: SightDocuments.mostAsked, at: path)
        let record = try CanonicalJSON.decode(AskedServer.self, from: bytes, at: path)
        try RecordVersion.check(record.version, at: path)
        guard record.server == server, ServerAddress(server)?.description == server else {
            throw LedgerError(.damaged, "\(path): it is about \(record.server)")
        }
        let ids = Set(record.shards.map(\.shardID))
        guard ids.count == record.shards.count else {
            throw LedgerError(.damaged, "\(path): a shard is in it twice")
        }
        return record
    }

    /// What a worker saw on a server; nil where none has looked.
    ///
    /// Throws `damaged` for a document that is larger than what of so many shards can be said.
    func seen(
        on server: String, shardCount: Int
    ) throws(LedgerError) -> SeenServer? {
        let path = RecordPath.seen(server)
        guard let bytes = try read(path) else { return nil }
        try SightDocuments.check(bytes, most: SightDocuments.mostSeen(shardCount), at: path)
        let record = try CanonicalJSON.decode(SeenServer.self, from: bytes, at: path)
        try RecordVersion.check(record.version, at: path)
        guard record.server == server else {
            throw LedgerError(.damaged, "\(path): it is about \(record.server)")
        }
        return record
    }
}

/// How large documents are that others have written, at most.
enum SightDocuments {
    /// What is asked of one server, in bytes.
    static let mostAsked = 1 << 24

    /// What was seen of so many shards, in bytes: room for a thousand tables of each.
    static func mostSeen(_ shardCount: Int) -> Int { 1 << 22 + shardCount << 17 }

    static func check(
        _ bytes: [UInt8], most: Int, at path: LedgerPath
    ) throws(LedgerError) {
        guard bytes.count > most else { return }
        throw LedgerError(.damaged, "\(path): it has \(bytes.count) bytes, more than \(most)")
    }
}

extension RecordSnapshot {
    /// The servers on which something is to be read by workers, sorted.
    func askedServers() throws(LedgerError) -> [String] {
        try names(below: RecordPath.asked, depth: RecordPath.sightDepth)
    }
}

extension LedgerDraft {
    /// Takes back what is to be read on a server, with what was seen there.
    mutating func removeAsked(on server: String) throws(LedgerError) {
        try remove(RecordPath.asked(server))
        try remove(RecordPath.seen(server))
    }
}
