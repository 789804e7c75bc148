import Schema

/// Says what the tables are that are written as `CREATE TABLE … LIKE other`.
///
/// Such a table stands for the other one as the same shards have it, overlays included. The server
/// does the copying; here it gets the columns and keys of the other table, with their places.
struct LikeTables {
    /// By name.
    let tables: [String: DesiredTable]
    let namespace: String
    /// Nil where what cannot be resolved is left out without a word.
    let diagnostics: DiagnosticList?

    /// All tables; those whose chain of LIKE ends nowhere or goes round are reported and left out.
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

    /// The table, what it is LIKE, and so on to one that is known.
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
    /// This table, which is `LIKE original`.
    ///
    /// Its digest covers the other's text: what was normalised is only as good as both. Foreign
    /// keys are not copied; a column's new name is, with the hint that says so.
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
