import Diff
import Model
import Schema

/// Drafts the step of several tables that have to change together because of foreign keys.
struct GroupDrafter {
    let drafter: StepDrafter
    let group: TableGroup
    /// The states of the members, in their order.
    let states: [Comparison.ObjectState]

    private var schema: Comparison.Schema { drafter.schema }
    private var ports: Planner.Ports { drafter.ports }

    /// The step, without its differences; throws `NotProved` where the workspace's server did not
    /// carry it out.
    func step(
        order: Int, context: ProbeContext, refused: [RefusalRecord.Refused] = []
    ) throws -> PlanStep {
        let from = group.members.map(start(of:))
        let to = states.map { $0.desired.flatMap(ports.lookup) }
        let members = zip(group.members, states).enumerated().map { place, pair in
            Planner.Group.Member(
                object: pair.1.object, table: pair.0.table, liveName: pair.0.from?.name,
                from: from[place], to: pair.0.kind == .drop ? nil : to[place])
        }
        let statements = try ports.proveGroup(
            Planner.Group(
                members: members, statements: group.statements,
                rowsInTheWay: group.statements.map(rowsInTheWay),
                parents: fixture(of: members), refused: refused),
            schema.profile)
        guard let lead = lead else { throw NotProved(reason: "no table of the group changes") }
        let planMembers = ends(members, statements)
        let findings = try findings(statements, context, refused)
        return PlanStep(
            kind: .alter, namespace: schema.namespace, object: lead.object, members: planMembers,
            shards: drafter.variant.shards,
            from: PlanStep.digest(of: Self.digests(planMembers, \.from)),
            to: statements.last?.after, statements: statements, hazard: findings.worst,
            findings: findings, cause: cause(lead), differences: [],
            suggestion: findings.compactMap(\.suggestion).first, order: order)
    }

    /// The digest of all members before the first statement; nil where none of them changes.
    var lookedFor: (object: ObjectName, from: Digest?)? {
        guard let lead else { return nil }
        let digests = zip(group.members, states).map { ($1.object, start(of: $0)?.digest) }
        return (
            lead.object,
            PlanStep.digest(of: Dictionary(digests, uniquingKeysWith: { $1 }))
        )
    }

    static func digests(
        _ members: [PlanMember], _ digest: (PlanMember) -> Digest?
    ) -> [ObjectName: Digest?] {
        Dictionary(members.map { ($0.object, digest($0)) }, uniquingKeysWith: { $1 })
    }

    /// The first table that has a change of its own.
    private var lead: Comparison.ObjectState? {
        states.first { $0.status != .inSync } ?? states.first
    }

    /// The member before the first statement: the live table, or the table after earlier steps have
    /// renamed parents outside the group.
    private func start(of member: TableChange) -> CatalogTable? {
        guard let place = group.members.firstIndex(of: member),
            let live = states[place].observed.flatMap(ports.lookup)
        else { return nil }
        guard let from = member.from, let table = live.table, from != table else { return live }
        return drafter.catalogTable(from)
    }

    /// What the proof needs besides the members: sequences, and parents outside the group.
    private func fixture(of members: [Planner.Group.Member]) -> [CatalogTable] {
        let around = ProofFixture(schema: schema, live: drafter.variant.live, lookup: ports.lookup)
        let own = Set(group.members.flatMap { [$0.table, $0.from?.name ?? $0.table] })
        var seen = own
        let parents = group.members.flatMap(around.parents(of:)).filter { parent in
            parent.table.map { seen.insert($0.name).inserted } ?? false
        }
        return around.sequences(of: members.flatMap { [$0.from, $0.to] }) + parents
    }

    private func ends(
        _ members: [Planner.Group.Member], _ statements: [PlanStatement]
    ) -> [PlanMember] {
        var ends = Dictionary(
            members.map { ($0.object, $0.from?.digest) }, uniquingKeysWith: { $1 })
        for change in statements.flatMap({ $0.tables ?? [] }) {
            ends[change.object] = .some(change.digest)
        }
        return zip(members, states).map { member, state in
            PlanMember(
                object: member.object, renamedFrom: state.renamedFrom, from: member.from?.digest,
                to: ends[member.object] ?? nil)
        }
    }

    // MARK: What it risks, and why it is

    private func findings(
        _ statements: [PlanStatement], _ context: ProbeContext,
        _ refused: [RefusalRecord.Refused]
    ) throws -> [HazardFinding] {
        var findings: [HazardFinding] = []
        for (place, member) in group.members.enumerated() {
            let own = zip(group.statements, statements).filter { $0.0.member == place }.map(\.1)
            let names = Set([member.table, member.from?.name ?? member.table])
            let refused = refused.filter { one in
                names.contains { one.statement.hasPrefix("ALTER TABLE \(SQL.identifier($0)) ") }
            }
            for var finding in try StepDrafter.findings(member, own, context, refused)
            where finding.hazard > .safe {
                finding.reason = "`\(member.table)`: \(finding.reason)"
                findings.append(finding)
            }
        }
        let away = group.returningKeys
        guard !away.isEmpty else { return findings }
        let names = away.map { "`\($0.key)` of `\($0.table)`" }.joined(separator: ", ")
        return findings + [
            HazardFinding(
                rule: .foreignKeyAway, hazard: .lossy,
                reason: "foreign keys are dropped while the tables change, and then added again "
                    + "with a check: \(names); until then rows without a parent may be inserted, "
                    + "which would keep them from being added",
                remedy: "stop what writes to these tables, or run it in a quiet hour")
        ]
    }

    /// Where one table was changed by hand, that is the cause of the whole step.
    private func cause(_ lead: Comparison.ObjectState) -> PlanCause {
        let changing = states.filter { $0.status != .inSync }
        let worst: [TableStatus] = [.drifted, .conflict]
        for status in worst {
            if let state = changing.first(where: { $0.status == status }) {
                return drafter.cause(of: state)
            }
        }
        // What is taken back of one table takes the others along.
        let back = changing.filter { schema.takenBack[$0.object.encoded] != nil }
        var cause = drafter.cause(of: back.first ?? lead)
        cause.rollback?.lost = back.flatMap {
            schema.takenBack[$0.object.encoded]?.rollback.lost ?? []
        }
        return cause
    }

    /// The differences to show: the lines of all members, each with its table's name.
    func differences(renames: [ColumnRename]) -> [PlanDifference] {
        zip(group.members, states).flatMap { member, state -> [PlanDifference] in
            let lines = StepDrafter.lines(member, renames: renames, flavour: schema.profile.flavour)
            return zip(lines, drafter.placed(lines, of: state)).map { line, placed in
                guard line.subject != .table else { return placed }
                return PlanDifference(
                    text: "\(line.sign.rawValue) \(member.table): \(line.text)",
                    location: placed.location)
            }
        }
    }

    /// A query for the rows because of which a statement is refused, to be shown with the error.
    private func rowsInTheWay(_ statement: TableGroup.Statement) -> String? {
        let member = group.members[statement.member]
        return statement.addedKeys.first.map { OrphanQuery(key: $0, of: member.table).look }
    }
}
