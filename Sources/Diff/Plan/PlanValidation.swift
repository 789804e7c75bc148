import Schema

/// Why a plan that was read back is refused.
package struct PlanInvalid: Error, Hashable, CustomStringConvertible {
    package let reason: String

    package var description: String { "the plan is refused: \(reason)" }
}

extension Plan {
    /// Checks a plan that came from outside: the ledger, a file or the network.
    ///
    /// One bad step refuses the whole plan: nothing of it runs.
    package func validate() throws(PlanInvalid) {
        guard version == Self.currentVersion else {
            throw PlanInvalid(
                reason: "version \(version), this release reads \(Self.currentVersion)")
        }
        try Self.require(environment, "environment")
        var keys: Set<OperationKey> = []
        for (index, step) in steps.enumerated() {
            try Self.validate(step, at: index)
            // A table that is renamed is one step under both of its names.
            for object in step.tables.flatMap({ [$0.object, $0.renamedFrom].compactMap { $0 } }) {
                for shard in step.shardIDs {
                    let key = OperationKey(shard: shard, object: object)
                    guard keys.insert(key).inserted else {
                        throw PlanInvalid(reason: "two steps for \(key)")
                    }
                }
            }
        }
    }

    private static func validateRename(
        _ step: PlanStep, _ place: String
    ) throws(PlanInvalid) {
        guard let old = step.renamedFrom else { return }
        try require(old.encoded, "old name of \(place)")
        guard step.kind == .alter, old != step.object, old.kind == .table,
            step.object.kind == .table
        else { throw PlanInvalid(reason: "\(place) cannot be renamed from `\(old.encoded)`") }
    }

    /// The digests of a step with members are those of its members.
    private static func validateMembers(
        _ step: PlanStep, _ place: String
    ) throws(PlanInvalid) {
        guard let members = step.members else { return }
        for member in members { try require(member.object.encoded, "table of \(place)") }
        guard members.contains(where: { $0.object == step.object }), step.kind == .alter else {
            throw PlanInvalid(reason: "\(place) does not name its own table")
        }
        func digest(_ digest: (PlanMember) -> Digest?) -> Digest {
            PlanStep.digest(
                of: Dictionary(
                    members.map { ($0.object, digest($0)) }, uniquingKeysWith: { $1 }))
        }
        guard step.from == digest(\.from), step.to == digest(\.to) else {
            throw PlanInvalid(reason: "\(place) has other digests than its tables")
        }
        let known = Set(members.map(\.object))
        var states = Dictionary(
            members.map { ($0.object, $0.from) }, uniquingKeysWith: { $1 })
        for statement in step.statements {
            for table in statement.tables ?? [] {
                guard known.contains(table.object) else {
                    throw PlanInvalid(
                        reason: "\(place) changes \(table.object.encoded), not a table of its")
                }
                states[table.object] = .some(table.digest)
            }
            guard statement.after == PlanStep.digest(of: states) else {
                throw PlanInvalid(reason: "\(place) has a statement with another digest")
            }
        }
    }

    static func validate(_ step: PlanStep, at index: Int) throws(PlanInvalid) {
        try require(step.namespace, "namespace of step \(index)")
        if let engine = step.engine, !engine.isWellFormed {
            throw PlanInvalid(reason: "step \(index) has an engine with no name")
        }
        try require(step.object.encoded, "table of step \(index)")
        let place = "step \(index) (\(step.namespace).\(step.object.encoded))"
        try validateRename(step, place)
        try validateMembers(step, place)
        guard !step.shards.isEmpty else { throw PlanInvalid(reason: "\(place) has no shard") }
        for shard in step.shards { try require(shard, "shard of \(place)") }
        guard Set(step.shards).count == step.shards.count else {
            throw PlanInvalid(reason: "\(place) names a shard twice")
        }
        guard !step.statements.isEmpty else {
            throw PlanInvalid(reason: "\(place) has no statement")
        }
        for statement in step.statements { try require(statement.sql, "statement of \(place)") }
        guard step.statements.last?.after == step.to else {
            throw PlanInvalid(reason: "\(place) does not end at its own digest")
        }
        let fits =
            switch step.kind {
            case .create: step.from == nil && step.to != nil
            case .alter: step.from != nil && step.to != nil
            case .drop: step.from != nil && step.to == nil
            }
        guard fits else { throw PlanInvalid(reason: "\(place) is no \(step.kind.rawValue)") }
        guard step.from != step.to else { throw PlanInvalid(reason: "\(place) changes nothing") }
    }

    private static func require(_ text: String, _ what: String) throws(PlanInvalid) {
        guard !text.isEmpty, text.contains(where: { !$0.isWhitespace }) else {
            throw PlanInvalid(reason: "empty \(what)")
        }
    }
}
