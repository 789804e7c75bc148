import Ledger
import Model
import Schema

/// How offers are kept: one document that counts, and one for each server that it is about, so that
/// who works on one server reads no more than that.
extension RecordReader {
    /// What is offered of a rollout; nil where nothing is.
    func offer(of rollout: String) throws(LedgerError) -> OfferRecord? {
        let path = RecordPath.offer(rollout)
        guard let record = try read(OfferRecord.self, at: path) else { return nil }
        try RecordVersion.check(record.version, at: path)
        guard record.rollout == rollout else {
            throw LedgerError(.damaged, "\(path): it is the offer of \(record.rollout)")
        }
        return record
    }

    /// What of an offer is on one server; nil where nothing is, or where it is of another offer.
    func offered(
        _ offer: OfferRecord, on server: String
    ) throws(LedgerError) -> OfferedServer? {
        let path = RecordPath.offeredServer(offer.rollout, server)
        guard let record = try read(OfferedServer.self, at: path) else { return nil }
        try RecordVersion.check(record.version, at: path)
        guard record.server == server else {
            throw LedgerError(.damaged, "\(path): it is about \(record.server)")
        }
        return record.offer == offer.id ? record : nil
    }
}

extension RecordSnapshot {
    /// The rollouts of which something is offered, sorted.
    func offeredRollouts() throws(LedgerError) -> [String] {
        try list(RecordPath.offers).sorted()
    }

    /// The servers that an offer is about, sorted.
    func offeredServers(_ rollout: String) throws(LedgerError) -> [String] {
        try names(below: RecordPath.offeredServers(rollout), depth: RecordPath.offeredDepth)
    }
}

extension LedgerDraft {
    /// Puts an offer in the place of the one that the rollout had.
    ///
    /// - Parameter known: the servers of the one before.
    mutating func setOffer(
        _ offer: OfferRecord, _ servers: [OfferedServer], replacing known: [String]
    ) throws(LedgerError) {
        let names = Set(servers.map(\.server))
        for old in known where !names.contains(old) {
            try remove(RecordPath.offeredServer(offer.rollout, old))
        }
        for server in servers {
            try set(RecordPath.offeredServer(offer.rollout, server.server), json: server)
        }
        try set(RecordPath.offer(offer.rollout), json: offer)
    }

    /// Takes an offer back, with its documents of servers; false where nothing of it is there.
    mutating func removeOffer(
        of rollout: String, servers: [String] = []
    ) throws(LedgerError) -> Bool {
        let paths =
            [RecordPath.offer(rollout)]
            + servers.map { RecordPath.offeredServer(rollout, $0) }
        var isThere = false
        for path in paths where try read(path) != nil {
            try remove(path)
            isThere = true
        }
        return isThere
    }
}
