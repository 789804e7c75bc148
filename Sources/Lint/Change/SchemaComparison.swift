import Desired
import Diff
import Schema

/// What leads from one desired schema to another, and what it may do.
struct SchemaComparison {
    /// A hazard, or a refusal.
    struct Found {
        /// Nil for a refusal.
        let rule: HazardRule?
        /// Nil for a refusal.
        let hazard: Hazard?
        let table: String
        let column: String?
        let message: String
        /// Empty where the rule's own is good.
        let remedy: String
        let location: SourceLocation
        /// True where ``location`` is a place in the earlier revision.
        let isOfOldRevision: Bool

        /// What stays the same whatever the character sets of the databases are.
        fileprivate var identity: [String?] { [rule?.rawValue, hazard?.rawValue, table, column] }
    }

    let from: DesiredSchema
    let to: DesiredSchema
    /// Whether tables that left the files are dropped without being named in `retire`.
    let prunesAll: Bool

    /// All that holds whichever of `characterSets` the databases have.
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
        guard let table = from.tables.first(where: { $0.name == change.table }) else { return [] }
        return try change.hazards().map { finding in
            Found(
                rule: finding.knownRule, hazard: finding.hazard, table: change.table, column: nil,
                message: finding.reason, remedy: finding.remedy, location: oldPlace(of: table),
                isOfOldRevision: true)
        }
    }

    /// Places in the earlier revision have its name before the file's, which is said elsewhere.
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
                ?? SourceLocation(file: SchemaRepository.fleetFile, line: 1, column: 1),
            isOfOldRevision: new == nil && old != nil)
    }
}

/// What a hazard of a plan is called where no server was asked.
enum ChangeWords {
    /// What decides about the finding, and who says how.
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
