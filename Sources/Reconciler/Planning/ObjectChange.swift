import Diff
import Schema

/// The change of one view, trigger, routine, event or sequence of a class of shards.
package struct ObjectChange {
    package let name: ObjectName
    let state: Comparison.ObjectState
    /// The definition before; nil where it is created. A trigger whose table is renamed by an
    /// earlier step is given as it is after that.
    package let from: ObjectDefinition?
    /// The digest of the live definition, with the parts that git leaves to the server.
    let observed: Digest?
    /// The definition after; nil where it is dropped.
    package let to: ObjectDefinition?
    /// Where this trigger itself is as git has it: the change of another trigger because of which
    /// it must be created again.
    var leader: Leader?

    /// The trigger that others have to follow; their policy is the same as for it.
    struct Leader {
        let isDrift: Bool
        let findings: [HazardFinding]
    }

    /// Whether it restores git's definition of an object that was changed by hand.
    var isDrift: Bool { state.status == .drifted || leader?.isDrift == true }

    package var kind: PlanStep.Kind {
        if to == nil { return .drop }
        return from == nil ? .create : .alter
    }

    /// The findings about the change.
    ///
    /// Dropping a definition that was in git is safe, as the history has it. A sequence also has a
    /// current value, which git never has.
    var findings: [HazardFinding] {
        if let leader { return leader.findings }
        if let to {
            return (isUnknownToGit && !isMove ? replacement : []) + ReachFindings.findings(of: to)
        }
        if name.kind == .sequence {
            return [
                HazardFinding(
                    rule: .dropSequence, hazard: .irreversible,
                    reason: "the sequence `\(name.name)` is dropped, and its current value with it",
                    remedy: "note its next value first")
            ]
        }
        let rule = HazardRule.dropping(name.kind)
        switch state.status {
        case .retired where !state.standing.isChangedSinceRecorded:
            return [
                HazardFinding(
                    rule: rule, hazard: .safe,
                    reason: "the \(name) is dropped; its text stays in the history of git")
            ]
        case .retired, .unmanaged, .inSync, .pending, .drifted, .conflict, .unknown:
            return [
                HazardFinding(
                    rule: rule, hazard: .irreversible,
                    reason: "the \(name) is dropped, and its live text was never in git",
                    remedy: "keep a copy of its definition")
            ]
        }
    }

    /// Whether the live definition is one that was never in git.
    private var isUnknownToGit: Bool {
        guard kind == .alter else { return false }
        switch state.status {
        case .drifted, .conflict: return true
        case .pending: return state.recorded == nil
        case .inSync, .unmanaged, .retired, .unknown: return false
        }
    }

    /// Whether a trigger differs from git only in its position among others.
    private var isMove: Bool {
        guard let from, let to, name.kind == .trigger else { return false }
        return to.running(after: []).isMet(by: from)
    }

    private var replacement: [HazardFinding] {
        guard let rule = HazardRule.replacing(name.kind) else { return [] }
        return [
            HazardFinding(
                rule: rule, hazard: .costly,
                reason: "the \(name) is replaced, and its live text was never in git",
                remedy: "keep a copy of its definition")
        ]
    }

    /// The statements, each with the object's digest after it.
    func statements(profile: ServerProfile) -> [PlanStatement] {
        guard let to else { return [PlanStatement(sql: ObjectDefinition.drop(name), after: nil)] }
        if name.kind == .sequence, let from {
            return (SequenceChange(from: from, to: to)?.steps ?? []).map { step in
                PlanStatement(sql: step.sql, after: Digest(of: step.after.text))
            }
        }
        let texts = from.map { to.replacement(of: $0, flavour: profile.flavour) } ?? [to.create]
        return texts.enumerated().map { index, sql in
            guard index == texts.count - 1 else { return PlanStatement(sql: sql, after: nil) }
            return PlanStatement(
                sql: to.withSettings(sql, replacing: from, in: profile), after: state.desired)
        }
    }
}
