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
                var finding =
                    TableFinding(
                        namespace: schema.namespace, object: state.object, status: state.status,
                        shards: variant.shards, desired: state.desired, recorded: state.recorded,
                        observed: state.observed,
                        differences: Self.differences(
                            state, flavour: schema.profile.flavour, lookup),
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

    /// The differences from git's definition to the live table: `-` is only in git, `+` only live.
    private static func differences(
        _ state: ObjectState, flavour: ServerProfile.Flavour, _ lookup: (Digest) -> CatalogTable?
    ) -> [PlanDifference] {
        let desired = state.desired.flatMap(lookup)
        let observed = state.observed.flatMap(lookup)
        let name = state.object
        if name.kind != .table {
            return ObjectLines.lines(name, from: desired?.object, to: observed?.object)
                .map { PlanDifference(text: $0.description) }
        }
        let lines: [DifferenceLine]
        switch (desired?.table, observed?.table) {
        case (let desired?, let observed?) where state.isInOldFormat:
            lines = DifferenceLines.ofOldTemporals(in: observed, butThoseOf: desired)
        case (let desired?, let observed?):
            lines = DifferenceLines.lines(from: desired, to: observed, flavour: flavour)
        case (let desired?, nil) where state.observed == nil:
            lines = [DifferenceLine(.removed, .table, "TABLE \(desired.name)")]
        case (nil, let observed?) where state.desired == nil:
            lines = [DifferenceLine(.added, .table, "TABLE \(observed.name)")]
        case (nil, _), (_, nil):
            let reason = desired?.unsupported ?? observed?.unsupported
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
