import Diff
import Schema

/// Tables that the server made from texts of files, each behind its parents and with its foreign
/// keys checked.
///
/// A step that creates such a table by the very same statement has been tried with it: the same
/// words, under the same settings, beside the same parents, on the same server.
struct KnownCreations {
    private struct Creation {
        /// The table as the server showed it.
        let shown: Digest
        /// The parents of its foreign keys as the server showed them, by name.
        let parents: [String: Digest]
    }

    /// By the digest of the text that was sent.
    private var creations: [Digest: Creation] = [:]

    /// Adds what was made of a schema.
    ///
    /// - Parameters:
    ///   - tables: with the texts that were sent, under the session's own SQL mode.
    ///   - shown: each of them as the server shows it.
    mutating func add(_ tables: [TableToNormalise], shown: [String: CatalogTable]) {
        for table in tables {
            guard let made = shown[table.name], let model = made.table else { continue }
            var parents: [String: Digest] = [:]
            let keys = model.foreignKeys.filter { $0.referencedTable != model.name }
            for key in keys where key.referencedSchema == nil {
                parents[key.referencedTable] = shown[key.referencedTable]?.digest
            }
            guard parents.count == Set(keys.map(\.referencedTable)).count,
                keys.allSatisfy({ $0.referencedSchema == nil })
            else { continue }
            creations[Digest(of: table.text)] = Creation(shown: made.digest, parents: parents)
        }
    }

    /// The proof of a change; nil where its statement was not carried out as the change will be.
    ///
    /// - Parameter sent: the words of a statement as they are sent; nil where it would not be.
    func proof(
        of change: ChangeToProve, flavour: ServerProfile.Flavour, sent: (String) -> String?
    ) -> Proof? {
        guard !creations.isEmpty, change.from == nil, let to = change.to, let table = to.table,
            change.checksForeignKeys, change.spelling == nil, change.refused.isEmpty,
            change.alterations.isEmpty
        else { return nil }
        let sql = table.createStatement(flavour: flavour)
        guard let text = sent(sql), let known = creations[Digest(of: text)],
            known.shown == to.digest, known.parents == change.parentDigests
        else { return nil }
        let statement = PlanStatement(sql: sql, checksForeignKeys: true, after: to.digest)
        return Proof(statements: [statement], final: to)
    }
}

extension ChangeToProve {
    /// The parents of its foreign keys by name; nil where it needs something else beside it.
    fileprivate var parentDigests: [String: Digest]? {
        var digests: [String: Digest] = [:]
        for parent in parents {
            guard let name = parent.table?.name else { return nil }
            digests[name] = parent.digest
        }
        return digests
    }
}
