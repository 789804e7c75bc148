import Diff
import Model
import Schema

/// Drafts the steps of one class of shards, with proof, findings and cause.
struct StepDrafter {
    let schema: Comparison.Schema
    let variant: Comparison.Variant
    let ports: Planner.Ports

    // MARK: Tables

    /// The change as it is to be proved.
    func question(
        _ change: TableChange, _ state: Comparison.ObjectState,
        refused: [RefusalRecord.Refused] = []
    ) -> Planner.Change {
        let from = start(of: change, state)
        let to = state.desired.flatMap(ports.lookup)
        let kind = PlanStep.Kind(change.kind)
        let fixture = ProofFixture(schema: schema, live: variant.live, lookup: ports.lookup)
        return Planner.Change(
            table: change.table, renamedFrom: change.renamedFrom, kind: kind, from: from,
            to: to, alterations: change.alterations,
            checksForeignKeys: !change.withoutForeignKeyChecks,
            parents: fixture.sequences(of: [from, to]) + fixture.parents(of: change),
            spelling: kind == .create ? schema.spelling[change.table] : nil, refused: refused)
    }

    /// The step of one change, without its differences; throws `NotProved` where the workspace's
    /// server did not carry it out.
    ///
    /// - Parameter proved: the change's statements, where they are proved already.
    func step(
        _ change: TableChange, _ state: Comparison.ObjectState, order: Int, suggestion: String?,
        context: ProbeContext, refused: [RefusalRecord.Refused] = [],
        proved: [PlanStatement]? = nil
    ) throws -> PlanStep {
        let statements =
            try proved ?? ports.prove(question(change, state, refused: refused), schema.profile)
        var findings = try Self.findings(change, statements, context, refused)
        if let suggestion, !findings.isEmpty { findings[0].suggestion = suggestion }
        return PlanStep(
            kind: PlanStep.Kind(change.kind), namespace: schema.namespace, object: state.object,
            renamedFrom: state.renamedFrom, shards: variant.shards,
            from: start(of: change, state)?.digest,
            to: statements.last?.after, statements: statements, hazard: findings.worst,
            findings: findings, cause: cause(of: state), differences: [],
            suggestion: findings.compactMap(\.suggestion).first, order: order)
    }

    /// The differences to show for a change, each line with its place in git.
    func differences(
        _ change: TableChange, _ state: Comparison.ObjectState, renames: [ColumnRename]
    ) -> [PlanDifference] {
        placed(
            state.isInOldFormat
                ? rebuildLines(change)
                : Self.lines(change, renames: renames, flavour: schema.profile.flavour), of: state)
    }

    private func rebuildLines(_ change: TableChange) -> [DifferenceLine] {
        guard let from = change.from, let to = change.to else { return [] }
        return DifferenceLines.ofOldTemporals(in: from, butThoseOf: to)
    }

    func placed(
        _ lines: [DifferenceLine], of state: Comparison.ObjectState
    ) -> [PlanDifference] {
        guard schema.takenBack[state.object.encoded] == nil else {
            // It is not what git has there.
            return lines.map { PlanDifference(text: $0.description) }
        }
        return lines.map { line in
            PlanDifference(
                text: line.description,
                location: ports.location(variant.schema, state.object, line))
        }
    }

    /// The table before the change: the live one, or the one after earlier steps have renamed the
    /// parents of its foreign keys.
    private func start(
        of change: TableChange, _ state: Comparison.ObjectState
    ) -> CatalogTable? {
        let live = state.observed.flatMap(ports.lookup)
        guard state.status != .inSync, let from = change.from, let table = live?.table,
            from != table
        else { return live }
        return catalogTable(from)
    }

    func catalogTable(_ table: Table) -> CatalogTable {
        let flavour = schema.profile.flavour
        return CatalogTable(canonicalText: table.showCreate(flavour: flavour), flavour: flavour)
    }

    static func findings(
        _ change: TableChange, _ statements: [PlanStatement], _ context: ProbeContext,
        _ refused: [RefusalRecord.Refused] = []
    ) throws -> [HazardFinding] {
        var context = context
        context.checksForeignKeys = !change.withoutForeignKeyChecks
        var findings = try change.probedHazards(context)
        if statements.contains(where: { $0.algorithm == .copy }) {
            findings += [change.copiedValues(context)].compactMap { $0 }
        }
        let others = findings.filter { !$0.isAboutNames }
        if statements.contains(where: \.rebuildsTable), others.worst == .safe || !refused.isEmpty {
            let why = refused.isEmpty ? "" : ": it refused another way (\(reasons(refused)))"
            findings.append(
                HazardFinding(
                    rule: .rebuildTable, hazard: .costly,
                    reason: "the server rebuilds table `\(change.table)` row by row\(why)",
                    remedy: "run it in a quiet hour"))
        }
        return findings
    }

    private static func reasons(_ refused: [RefusalRecord.Refused]) -> String {
        Set(refused.map(\.reason)).sorted().joined(separator: ", ")
    }

    /// A line by which the step differs from the one that the tables refused, so that it needs an
    /// approval of its own.
    static func detour(_ refused: [RefusalRecord.Refused]) -> [PlanDifference] {
        guard !refused.isEmpty else { return [] }
        return [
            PlanDifference(
                text: "~ rebuilt row by row: the table refused another way (\(reasons(refused)))")
        ]
    }

    static func lines(
        _ change: TableChange, renames: [ColumnRename], flavour: ServerProfile.Flavour
    ) -> [DifferenceLine] {
        switch (change.from, change.to) {
        case (let from?, let to?):
            DifferenceLines.lines(from: from, to: to, renames: renames, flavour: flavour)
        case (nil, let to?): DifferenceLines.lines(of: to, sign: .added)
        case (let from?, nil): DifferenceLines.lines(of: from, sign: .removed)
        case (nil, nil): [DifferenceLine(.removed, .table, "DROP TABLE \(change.table)")]
        }
    }

    // MARK: Objects that are no tables

    /// The step of one change of an object, without its differences; throws `NotProved` as for a
    /// table.
    func step(_ change: ObjectChange, order: Int) throws -> PlanStep {
        let statements = try ports.proveObject(change, schema.profile)
        let findings = change.findings
        var cause = cause(of: change.state)
        if change.isDrift { cause = PlanCause(kind: .liveChanged, location: cause.location) }
        return PlanStep(
            kind: change.kind, namespace: schema.namespace, object: change.state.object,
            shards: variant.shards, from: change.start(), to: change.state.desired,
            statements: statements, hazard: findings.worst, findings: findings,
            cause: cause, differences: [], order: order)
    }

    func differences(_ change: ObjectChange) -> [PlanDifference] {
        placed(ObjectLines.lines(change.name, from: change.from, to: change.to), of: change.state)
    }

    // MARK: Causes

    func cause(of state: Comparison.ObjectState) -> PlanCause {
        var cause = ports.cause(variant.schema, state.object)
        switch state.status {
        case .drifted:
            // No commit made this change: the live table was changed.
            cause = PlanCause(kind: .liveChanged, location: cause.location)
        case .conflict: cause.kind = .conflict
        case .retired: cause.kind = .retired
        case .unmanaged: cause.kind = .pruned
        case .pending, .inSync, .unknown: cause.kind = .git
        }
        if state.status != .drifted, let back = schema.takenBack[state.object.encoded] {
            // No commit asks for it.
            cause = PlanCause(kind: cause.kind)
            cause.rollback = back.rollback
        }
        return cause
    }
}

extension PlanStep.Kind {
    init(_ kind: TableChange.Kind) {
        switch kind {
        case .create: self = .create
        case .alter: self = .alter
        case .drop: self = .drop
        }
    }
}
