import Desired
import Diff
import Schema

/// The changes between two desired schemas, and what they may do.
struct SchemaComparison {
    /// A hazard, or a change that no plan can make.
    struct Found {
        /// Nil for a change that no plan can make.
        let rule: HazardRule?
        /// Nil for a change that no plan can make.
        let hazard: Hazard?
        let table: String
        let column: String?
        let message: String
        /// Empty where the rule's own remedy applies.
        let remedy: String
        let location: SourceLocation
        /// Whether ``location`` is in the earlier revision.
        let isOfOldRevision: Bool

        /// The parts that do not depend on the character sets of databases.
        fileprivate var identity: [String?] { [rule?.rawValue, hazard?.rawValue, table, column] }
    }

    let from: DesiredSchema
    let to: DesiredSchema
    /// Whether tables that left the files are dropped without being named in `retire`.
    let prunesAll: Bool

    /// The hazards that exist for each of `characterSets` as the databases' default.
    func hazards(characterSets: [String]) -> [Found] {
        guard let first = characterSets.first else { return [] }
        var found = hazards(characterSet: first)
        for other in characterSets.dropFirst() where !found.isEmpty {
            let identities = Set(hazards(characterSet: other).map(\.identity))
            found = found.filter { identities.contains($0.identity) }
        }
        return found
    }

    private func hazards(characterSet: String) -> [Found] {
        let states = ComparedStates(from: from, to: to, characterSet: characterSet)
        let difference: SchemaDiff.Difference
        do {
            difference = try SchemaDiff.difference(
                from: states.from, to: states.to, renames: renames, droppable: droppable)
        } catch {
            return [refusal(error)]
        }
        var found: [Found] = []
        for change in difference.changes {
            do {
                found += try hazards(of: change, states)
            } catch {
                found.append(refusal(error))
            }
        }
        return found + difference.refusals.map(refusal)
    }

    private var renames: Renames {
        Renames(tables: to.tableRenames, columns: to.renames, indexes: to.indexRenames)
    }

    private var droppable: Set<String> {
        Set(prunesAll ? from.tables.map(\.name) : to.retire)
    }

    // MARK: Hazards

    private func hazards(
        of change: TableChange, _ states: ComparedStates
    ) throws(DiffError) -> [Found] {
        if change.kind == .drop { return try dropped(change) }
        guard let table = states.table(change.table) else { return [] }
        return try change.findings().filter { $0.finding.hazard > .safe }.map { found in
            let place = states.place(of: found.clause, in: table)
            let finding = found.finding
            return Found(
                rule: finding.knownRule, hazard: finding.hazard, table: change.table,
                column: place.column,
                message: "`\(change.table)`: \(finding.reason)\(ChangeWords.depends(finding))",
                remedy: ChangeWords.remedy(finding), location: place.location,
                isOfOldRevision: false)
        }
    }

    private func dropped(_ change: TableChange) throws(DiffError) -> [Found] {
        guard let table = from.table(change.table) else { return [] }
        return try change.hazards().map { finding in
            Found(
                rule: finding.knownRule, hazard: finding.hazard, table: change.table, column: nil,
                message: finding.reason, remedy: finding.remedy, location: oldPlace(of: table),
                isOfOldRevision: true)
        }
    }

    /// The place in the earlier revision, without that revision's name, which is shown separately.
    private func oldPlace(of table: DesiredTable) -> SourceLocation {
        SourceLocation(
            file: table.file, line: table.location.line, column: table.location.column)
    }

    private func refusal(_ error: DiffError) -> Found {
        let new = to.tables.first { $0.name == error.table }
        let old = from.tables.first { $0.name == error.table }
        return Found(
            rule: nil, hazard: nil, table: error.table, column: nil,
            message: "`\(error.table)`: no plan leads here: \(error.message)", remedy: "",
            location: new?.location ?? old.map(oldPlace)
                ?? SourceLocation(file: Fleet.fileName, line: 1, column: 1),
            isOfOldRevision: new == nil && old != nil)
    }
}

/// The text for a hazard without having asked a server.
enum ChangeWords {
    /// What the finding depends on, and which command tells.
    static func depends(_ finding: HazardFinding) -> String {
        if finding.dependsOn.contains(.data) {
            return ", where rows are in the way; `plumb plan` asks the shards"
        }
        if finding.dependsOn.contains(.server) {
            return "; `plumb plan` asks the servers how they do it"
        }
        return finding.dependsOn.contains(.size) ? "; `plumb plan` says how many rows it is" : ""
    }

    static func remedy(_ finding: HazardFinding) -> String {
        guard let suggestion = finding.suggestion else { return finding.remedy }
        return finding.remedy.isEmpty ? suggestion : "\(finding.remedy); \(suggestion)"
    }
}
