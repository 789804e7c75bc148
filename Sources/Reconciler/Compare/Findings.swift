import Diff
import Reports
import Schema

extension Comparison {
    /// Every table that is not in sync; equal findings on many shards are one entry.
    package func findings(
        lookup: (Digest) -> CatalogTable?,
        locate: (_ schema: Int, _ object: ObjectName) -> SourceLocation?
    ) -> [TableFinding] {
        var places: [FindingKey: Int] = [:]
        var findings: [TableFinding] = []
        for variant in variants {
            let schema = schemas[variant.schema]
            for state in variant.objects where state.status != .inSync {
                let rollback = schema.takenBack[state.object.encoded]?.rollback
                let key = FindingKey(
                    namespace: schema.namespace, state: state, rollback: rollback?.id)
                if let place = places[key] {
                    findings[place].shards.append(contentsOf: variant.shards)
                    continue
                }
                places[key] = findings.count
                let reads = Self.reading(of: state, lookup)
                var finding =
                    TableFinding(
                        namespace: schema.namespace, object: state.object, status: state.status,
                        shards: variant.shards, desired: state.desired, recorded: state.recorded,
                        observed: state.observed,
                        differences: Self.differences(
                            state, reads, flavour: schema.profile.flavour, lookup),
                        reads: reads,
                        location: rollback == nil ? locate(variant.schema, state.object) : nil)
                finding.rollback = rollback
                findings.append(finding)
            }
        }
        for index in findings.indices { findings[index].shards.sort() }
        return findings.sorted {
            ($0.namespace, $0.object, $0.shards.first ?? "")
                < ($1.namespace, $1.object, $1.shards.first ?? "")
        }
    }

    private struct FindingKey: Hashable {
        let namespace: String
        let state: ObjectState
        let rollback: String?
    }

    /// What would run reads from live to git, and what somebody did from git to live; where both
    /// changed, from what was recorded to live, as git's own change is in the plan.
    private static func reading(
        of state: ObjectState, _ lookup: (Digest) -> CatalogTable?
    ) -> TableFinding.Reading {
        guard state.status == .conflict, state.recorded.flatMap(lookup) != nil else {
            return TableFinding.Reading(state.status)
        }
        return .recordedToLive
    }

    private static func differences(
        _ state: ObjectState, _ reads: TableFinding.Reading, flavour: ServerProfile.Flavour,
        _ lookup: (Digest) -> CatalogTable?
    ) -> [PlanDifference] {
        let ends: (from: Digest?, to: Digest?) =
            switch reads {
            case .liveToGit: (state.observed, state.desired)
            case .gitToLive: (state.desired, state.observed)
            case .recordedToLive: (state.recorded, state.observed)
            }
        let (from, to) = (ends.from.flatMap(lookup), ends.to.flatMap(lookup))
        let name = state.object
        if name.kind != .table {
            return ObjectLines.lines(name, from: from?.object, to: to?.object)
                .map { PlanDifference(text: $0.description) }
        }
        let lines: [DifferenceLine]
        switch (from?.table, to?.table) {
        case (_?, _?) where state.isInOldFormat:
            guard let desired = state.desired.flatMap(lookup)?.table,
                let observed = state.observed.flatMap(lookup)?.table
            else { return [] }
            lines = DifferenceLines.ofOldTemporals(in: observed, butThoseOf: desired)
        case (let from?, let to?):
            lines = DifferenceLines.lines(from: from, to: to, flavour: flavour)
        case (let from?, nil) where ends.to == nil:
            lines = [DifferenceLine(.removed, .table, "TABLE \(from.name)")]
        case (nil, let to?) where ends.from == nil:
            lines = [DifferenceLine(.added, .table, "TABLE \(to.name)")]
        case (nil, _), (_, nil):
            let reason = from?.unsupported ?? to?.unsupported
            return reason.map { [PlanDifference(text: "cannot be compared: \($0)")] } ?? []
        }
        return lines.map { PlanDifference(text: $0.description) }
    }

    /// How many shards have every table as git defines it; tables that git never defined do not
    /// count.
    package var inSyncCount: Int {
        variants.filter { variant in
            variant.objects.allSatisfy { $0.status == .inSync || $0.status == .unmanaged }
        }.reduce(0) { $0 + $1.shards.count }
    }
}
