import Schema

/// Resolves tables that are written as `CREATE TABLE … LIKE other`.
///
/// The other table is the one that the same shards have, overlays included. The server copies it;
/// here the table gets the other's columns and keys with their places.
struct LikeTables {
    /// By name.
    let tables: [String: DesiredTable]
    let namespace: String
    /// Nil to leave out unresolved tables without reporting them.
    let diagnostics: DiagnosticList?

    /// All tables, except those whose LIKE leads nowhere or in a circle, which are reported.
    func resolved() -> [String: DesiredTable] {
        let names = WrittenNames(tables)
        var result = tables.filter { $0.value.source.like == nil }
        for table in tables.values where table.source.like != nil {
            guard let chain = chain(from: table, upTo: result, names),
                var original = chain.last
            else {
                continue
            }
            for copy in chain.dropLast().reversed() {
                original = copy.copying(original)
                result[copy.name] = original
            }
        }
        return result
    }

    /// The table, the one that it is LIKE, and so on, up to one with columns.
    private func chain(
        from first: DesiredTable, upTo known: [String: DesiredTable],
        _ names: WrittenNames<DesiredTable>
    ) -> [DesiredTable]? {
        if known[first.name] != nil { return nil }
        var chain = [first]
        var seen: Set<String> = [first.name]
        while let table = chain.last, let like = table.source.like {
            guard let next = names[like.table] else {
                reportMissing(like, in: table)
                return nil
            }
            if let done = known[next.name] { return chain + [done] }
            chain.append(next)
            guard seen.insert(next.name).inserted else {
                reportCycle(like, chain)
                return nil
            }
        }
        return chain
    }

    private func reportMissing(_ like: SourceTable.Reference, in table: DesiredTable) {
        let near = Nearest.match(like.table, in: tables.values.map(\.name).sorted())
        diagnostics?.error(
            .danglingLike,
            "`\(table.name)` is LIKE the table `\(like.table)`, which `\(namespace)` does not have",
            remedy: near.map { "did you mean `\($0)`?" }
                ?? "define the table, or write the columns out",
            at: like.location)
    }

    private func reportCycle(_ like: SourceTable.Reference, _ chain: [DesiredTable]) {
        diagnostics?.error(
            .likeCycle,
            "no table says what `\(chain[0].name)` is: "
                + chain.map { "`\($0.name)`" }.joined(separator: " LIKE "),
            remedy: "write the columns of one of them out", at: like.location)
    }
}

extension DesiredTable {
    /// This table with the columns and keys of `original`.
    ///
    /// Its digest covers the other's text as well, since the result depends on both. Foreign keys
    /// are not copied; a column's new name is, with its rename hint.
    fileprivate func copying(_ original: DesiredTable) -> DesiredTable {
        var copy = original.source
        copy.like = source.like
        copy.references = []
        copy.definitions.removeAll { $0.kind == .foreignKey }
        for place in copy.columns.indices { copy.columns[place].reference = nil }
        let columnHints = original.hints.compactMap { hint -> SourceRename? in
            guard case .column = hint.subject else { return nil }
            return SourceRename(table: name, subject: hint.subject, location: hint.location)
        }
        return DesiredTable(
            name: name, text: text,
            textDigest: Digest(of: "like \(original.textDigest.hex)\n\(text)"), file: file,
            location: location, source: copy, hints: hints + columnHints)
    }
}
