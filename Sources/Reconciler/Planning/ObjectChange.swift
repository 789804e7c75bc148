import Diff
import Observed
import Schema

/// What happens to one view, trigger, routine, event or sequence of a class of shards.
package struct ObjectChange {
    package let name: ObjectName
    let state: Comparison.ObjectState
    /// What it starts from; nil where it is created. A trigger whose table gets another name first
    /// is given as it is then.
    package let from: ObjectDefinition?
    /// The digest of what is live then, with all that git leaves to the server.
    let observed: Digest?
    /// Nil where it is dropped.
    package let to: ObjectDefinition?
    /// The change of a trigger that takes this one along, which is as git has it.
    var leader: Leader?

    /// What is done about a trigger is done about those that have to follow it.
    struct Leader {
        let isDrift: Bool
        let findings: [HazardFinding]
    }

    /// Whether it puts back what git has, and somebody changed.
    var isDrift: Bool { state.status == .drifted || leader?.isDrift == true }

    package var kind: PlanStep.Kind {
        if to == nil { return .drop }
        return from == nil ? .create : .alter
    }

    /// What the change may cost.
    ///
    /// What git once had can be made again from its history, so dropping it is safe; a sequence
    /// has a value that git never knew.
    var findings: [HazardFinding] {
        if let leader { return leader.findings }
        if let to {
            return (isUnknownToGit && !isMove ? replacement : []) + ReachFindings.findings(of: to)
        }
        if name.kind == .sequence {
            return [
                HazardFinding(
                    rule: .dropSequence, hazard: .irreversible,
                    reason: "the sequence `\(name.name)` goes with the value that it is at",
                    remedy: "note its next value first")
            ]
        }
        let rule = HazardRule.dropping(name.kind)
        switch state.status {
        case .retired where !state.standing.isChangedSinceRecorded:
            return [
                HazardFinding(
                    rule: rule, hazard: .safe,
                    reason: "the \(name) goes; its text stays in the history of git")
            ]
        case .retired, .unmanaged, .inSync, .pending, .drifted, .conflict, .unknown:
            return [
                HazardFinding(
                    rule: rule, hazard: .irreversible,
                    reason: "the \(name) goes, and git never had the text that is live",
                    remedy: "keep a copy of its definition")
            ]
        }
    }

    /// Whether what is live was put there by somebody else.
    private var isUnknownToGit: Bool {
        guard kind == .alter else { return false }
        switch state.status {
        case .drifted, .conflict: return true
        case .pending: return state.recorded == nil
        case .inSync, .unmanaged, .retired, .unknown: return false
        }
    }

    /// Whether a trigger is as git has it, but for its place among others.
    private var isMove: Bool {
        guard let from, let to, name.kind == .trigger else { return false }
        return to.running(after: []).isMet(by: from)
    }

    private var replacement: [HazardFinding] {
        guard let rule = HazardRule.replacing(name.kind) else { return [] }
        return [
            HazardFinding(
                rule: rule, hazard: .costly,
                reason: "the \(name) that is live, and that git never had, is replaced",
                remedy: "keep a copy of its definition")
        ]
    }

    /// The statements, each with the digest that the object has afterwards.
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
                sql: to.underItsSettings(sql, replacing: from, in: profile), after: state.desired)
        }
    }
}
