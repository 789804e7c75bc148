import Ledger

/// The version of the records' format.
enum RecordVersion {
    static let present = 1

    /// Throws `invalid` for a record that a newer plumb wrote: what it means is not known here.
    static func check(_ version: Int, at path: LedgerPath) throws(LedgerError) {
        guard version > present else { return }
        throw LedgerError(
            .invalid, "\(path): a newer plumb wrote it (version \(version))",
            remedy: "use that release, or a newer one")
    }
}

extension LedgerError {
    /// Whether it is about what a document says or lacks, and not about the store as a whole.
    package var isOfContent: Bool {
        switch code {
        case .damaged, .invalid: true
        case .notALedger, .missing, .locked, .diskFull, .leaseLost, .lostRace, .unsigned, .io:
            false
        }
    }
}
