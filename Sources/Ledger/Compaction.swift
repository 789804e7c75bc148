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
            try backend.compact(onlyWhereDue: false)
            return CompactionReport(before: before, after: try backend.size())
        }
    }

    /// Compacts the ledger where that is worth it; returns whether it did.
    ///
    /// Where another one compacts, or nothing was recorded yet, there is nothing to do.
    @discardableResult
    package func compactWhereDue() throws(LedgerError) -> Bool {
        guard try isThere else { return false }
        do throws(StoreError) {
            return try backend.compact(onlyWhereDue: true)
        } catch  where error.code == .locked {
            return false
        } catch {
            throw LedgerError(error, about: "compacting the ledger \(path)")
        }
    }

    /// Copies a ledger with all of its history to another place; see ``StoreCopy``.
    package static func copy(
        from source: String, to target: String
    ) throws(LedgerError) -> StoreCopy.Report {
        let (source, target) = (try open(path: source), try open(path: target))
        try source.requireMade()
        do {
            return try StoreCopy(from: source.backend, to: target.backend).run()
        } catch let error as StoreError {
            throw LedgerError(error, about: "copying \(source.path) to \(target.path)")
        } catch {
            throw LedgerError(.io, "copying \(source.path) to \(target.path): \(error)")
        }
    }
}
