import Store

/// What a compaction found and left.
package struct CompactionReport: Sendable, Hashable {
    package let before: StoreSize
    package let after: StoreSize
}

extension Ledger {
    /// Makes the ledger smaller without losing anything; others may read and write meanwhile.
    ///
    /// Throws `missing` where there is no ledger, `locked` while another one compacts, and
    /// `damaged` where an object cannot be read: everything stays as it is then.
    package func compact() throws(LedgerError) -> CompactionReport {
        try requireMade()
        return try translating("compacting the ledger \(path)") { () throws(StoreError) in
            let before = try backend.size()
            try backend.compact()
            return CompactionReport(before: before, after: try backend.size())
        }
    }

    /// Whether the ledger has grown so much since the last compaction that one is worth it.
    package func isCompactionDue() throws(LedgerError) -> Bool {
        guard try isThere else { return false }
        return try translating("measuring the ledger \(path)") { () throws(StoreError) in
            try backend.isCompactionDue()
        }
    }

    /// Copies a ledger with all of its history to another place; see ``StoreCopy``.
    package static func copy(
        from source: Ledger, to target: Ledger
    ) throws(LedgerError) -> StoreCopy.Report {
        try source.requireMade()
        do {
            return try StoreCopy(from: source.backend, to: target.backend).run()
        } catch let error as StoreError where error.code == .modified {
            throw LedgerError(.lostRace, error.fault, remedy: error.remedy)
        } catch let error as StoreError {
            throw LedgerError(error, about: "copying \(source.path) to \(target.path)")
        } catch {
            throw LedgerError(.io, "copying \(source.path) to \(target.path): \(error)")
        }
    }
}
