import Ledger

/// The version of the layout of an environment's tree.
enum Layout {
    /// The layout that this plumb writes.
    static let present = 2

    /// The document that says it.
    static let document = Array("\(present)\n".utf8)

    /// Whether `reader` has the present layout; false for layout 1, which says nothing.
    ///
    /// Throws `invalid` for any other.
    static func isPresent(in reader: some RecordReader) throws(LedgerError) -> Bool {
        try isPresent(reader.read(RecordPath.layout))
    }

    /// The same of the documents as they are stored.
    static func isPresent(in documents: LedgerSnapshot) throws(LedgerError) -> Bool {
        try isPresent(documents.read(RecordPath.layout))
    }

    private static func isPresent(_ bytes: [UInt8]?) throws(LedgerError) -> Bool {
        guard let bytes else { return false }
        guard bytes != document else { return true }
        let text = String(decoding: bytes.prefix(20), as: UTF8.self)
        let version = text.filter { !$0.isWhitespace }
        throw LedgerError(
            .invalid,
            "the ledger has layout `\(version)`, and this plumb knows 1 and \(present)",
            remedy: "use the release of plumb that wrote it, or a newer one")
    }
}

extension Ledger {
    /// Throws `invalid` where an environment has a layout that this plumb does not know: it would
    /// look for nothing where there is something. What cannot be read is passed over.
    package func requireKnownLayouts() throws(LedgerError) {
        for environment in (try? environments()) ?? [] {
            guard let documents = try? snapshot(environment) else { continue }
            do throws(LedgerError) {
                _ = try Layout.isPresent(in: documents)
            } catch  where error.code == .invalid {
                throw error
            } catch {}
        }
    }
}
