import Desired
import Diff
import Reports
import Schema

/// Two revisions of a schema repository: the schemas before and after a change.
package struct RevisionChange: Sendable {
    /// The earlier revision as it was requested, such as `origin/main`.
    package let revision: String
    /// `origin/main@162ecfe`.
    package let label: String
    /// The namespaces at the earlier revision.
    package let before: [ComparableNamespace]
    /// The namespaces at the checked revision.
    package let after: [ComparableNamespace]

    package init(
        revision: String, label: String, before: [ComparableNamespace],
        after: [ComparableNamespace]
    ) {
        self.revision = revision
        self.label = label
        self.before = before
        self.after = after
    }
}

/// Finds what the change between two revisions may do to the rows of any shard.
struct ChangeLinter {
    let settings: LintSettings
    let change: RevisionChange

    /// Findings of a table that several shards or overlays share are returned for each of them.
    func findings() -> [LintFinding] {
        change.after.flatMap { after -> [LintFinding] in
            guard let before = change.before.first(where: { $0.name == after.name }) else {
                return []
            }
            let changes = pairs(before, after).flatMap { pair in
                findings(
                    from: before.schemas[pair.from], to: after.schemas[pair.to], in: after)
            }
            return changes + retired(before, after)
        }
    }

    private struct Pair: Hashable {
        let from: Int
        let to: Int
    }

    /// The schemas before and after for each group of shards; a new shard has no rows to lose.
    private func pairs(_ before: ComparableNamespace, _ after: ComparableNamespace) -> [Pair] {
        var pairs: Set<Pair> = []
        for (shard, to) in after.assignment {
            if let from = before.assignment[shard] { pairs.insert(Pair(from: from, to: to)) }
        }
        // The same shards may be listed in another way.
        if pairs.isEmpty, before.schemas.count == 1 {
            pairs.formUnion(after.schemas.indices.map { Pair(from: 0, to: $0) })
        }
        return pairs.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    private func findings(
        from: DesiredSchema, to: DesiredSchema, in namespace: ComparableNamespace
    ) -> [LintFinding] {
        guard from.digest != to.digest else { return [] }
        let comparison = SchemaComparison(
            from: from, to: to, prunesAll: namespace.prune == .all)
        return comparison.hazards(characterSets: characterSets).compactMap { found in
            finding(found, in: namespace.name)
        }
    }

    /// Character sets that the databases may have by default: only what holds for each of these is
    /// a finding. Sizes are computed with the first.
    private var characterSets: [String] {
        var seen: Set<String> = []
        return [settings.characterSet, "utf8mb4", "utf8mb3", "latin1"].filter {
            seen.insert(CharacterSets.canonical($0)).inserted
        }
    }

    private func finding(
        _ found: SchemaComparison.Found, in namespace: String
    ) -> LintFinding? {
        let rule = found.rule.flatMap(ChangeRules.rule)?.id ?? .refusedChange
        let level = settings.levels[rule] ?? found.hazard.map(ChangeRules.level) ?? .error
        guard level != .off else { return nil }
        let remedy = found.remedy.isEmpty ? RuleCatalog.rule(rule).remedy : found.remedy
        return LintFinding(
            rule: rule, level: level, namespace: namespace, table: found.table,
            column: found.column, message: found.message, remedy: remedy,
            location: found.location, waiver: nil, hazard: found.hazard,
            revision: found.isOfOldRevision ? change.revision : nil)
    }

    /// Tables that were removed from the files earlier, and are named in `retire` only now.
    private func retired(
        _ before: ComparableNamespace, _ after: ComparableNamespace
    ) -> [LintFinding] {
        let known = Set(before.retire.map(\.value))
        let level = settings.levels[.dropTable] ?? ChangeRules.level(of: .irreversible)
        guard level != .off, !after.retire.isEmpty else { return [] }
        let tables = Set((before.schemas + after.schemas).flatMap { $0.tables.map(\.name) })
        return after.retire.compactMap { entry in
            let object = ObjectName(encoded: entry.value)
            guard object.kind == .table, !known.contains(entry.value),
                !tables.contains(object.name)
            else { return nil }
            return LintFinding(
                rule: .dropTable, level: level, namespace: after.name, table: object.name,
                column: nil,
                message: "all rows of `\(object.name)` are lost, where a shard still has it",
                remedy: RuleCatalog.rule(.dropTable).remedy, location: entry.location,
                waiver: nil, hazard: .irreversible)
        }
    }
}
