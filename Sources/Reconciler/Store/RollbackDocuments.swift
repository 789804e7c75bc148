import Ledger
import Model

extension RecordReader {
    /// The rollbacks that hold, the older ones first. Throws where they are damaged or of a later
    /// plumb: what is held, on any shard, is then not known, so that nothing is changed.
    package func rollbacks() throws(LedgerError) -> [RollbackRecord] {
        do throws(LedgerError) {
            return try rollbackBook()?.rollbacks ?? []
        } catch  where error.isOfContent {
            throw LedgerError(
                error.code, "what was taken back cannot be read (\(error.fault))",
                remedy: (error.remedy.map { "\($0), or " } ?? "")
                    + "give up whatever it holds with `plumb rollback --end --reason …`")
        }
    }

    private func rollbackBook() throws(LedgerError) -> RollbackBook? {
        let path = RecordPath.rollbacks
        guard let book = try read(RollbackBook.self, at: path) else { return nil }
        let versions = [book.version] + book.rollbacks.map(\.version)
        guard versions.allSatisfy({ $0 == RollbackRecord.currentVersion }) else {
            throw LedgerError(
                .invalid,
                "\(path): this plumb knows version \(RollbackRecord.currentVersion) of it",
                remedy: "use the release of plumb that wrote it, or a newer one")
        }
        return book
    }
}

extension LedgerDraft {
    /// Records the rollbacks that hold.
    package mutating func setRollbacks(_ records: [RollbackRecord]) throws(LedgerError) {
        if records.isEmpty {
            try remove(RecordPath.rollbacks)
        } else {
            try set(RecordPath.rollbacks, json: RollbackBook(rollbacks: records))
        }
    }

    /// Throws where other rollbacks hold than `known`: what was planned with those is then not what
    /// is wanted.
    package func requireSameRollbacks(as known: [RollbackRecord]) throws(LedgerError) {
        guard try rollbacks() != known else { return }
        throw LedgerError(
            .lostRace, "a rollout was taken back, or given back, while this run planned",
            remedy: "run it again")
    }
}
