import Model
import Diff
import Schema

/// The operator's minimum for the policy: `plumb.yaml` may be stricter, never less strict.
package struct Requirements: Sendable {
    package let tls: Located<TLS.Mode>?
    package let approve: Located<Set<Hazard>>?
    package let approvers: Located<Approvers>?
    /// The most that Plumb may do about drift.
    package let drift: Located<DriftPolicy>?
    /// Changes start only while one of these is open and one of `plumb.yaml`'s; empty for no
    /// restriction.
    package let windows: [Window]
    package let limits: Located<Limits>?

    static let none = Requirements(
        tls: nil, approve: nil, approvers: nil, drift: nil, windows: [], limits: nil)
}

extension Requirements {
    /// `policy`, raised to the requirements where `plumb.yaml` does not have the key.
    ///
    /// Throws where `plumb.yaml` has it and asks for less, with both places.
    package func raised(_ policy: Policy) throws(DesiredError) -> Policy {
        let diagnostics = DiagnosticList()
        var result = policy
        if let approve {
            let missing = approve.value.subtracting(policy.approve)
            if !missing.isEmpty {
                let names = missing.map(\.rawValue).sorted().joined(separator: ", ")
                check(
                    policy, .approve, "leaves out \(names)", approve.location, diagnostics)
            }
            result.approve = policy.approve.union(approve.value)
        }
        if let approvers {
            if policy.approvers.minimum < approvers.value.minimum {
                check(
                    policy, .minimum,
                    "is \(policy.approvers.minimum), and \(approvers.value.minimum) is the least",
                    approvers.location, diagnostics)
            }
            if approvers.value.notAuthor, !policy.approvers.notAuthor {
                check(
                    policy, .notAuthor, "is false, and true is asked for", approvers.location,
                    diagnostics)
            }
            result.approvers = Approvers(
                minimum: max(policy.approvers.minimum, approvers.value.minimum),
                notAuthor: policy.approvers.notAuthor || approvers.value.notAuthor)
        }
        if let drift, policy.drift.rank > drift.value.rank {
            check(
                policy, .drift,
                "is `\(policy.drift.rawValue)`, and `\(drift.value.rawValue)` is the most",
                drift.location, diagnostics)
            result.drift = drift.value
        }
        if let limits, policy.limits.dropsPerPlan > limits.value.dropsPerPlan {
            check(
                policy, .dropsPerPlan,
                "is \(policy.limits.dropsPerPlan), and \(limits.value.dropsPerPlan) is the most",
                limits.location, diagnostics)
            result.limits = limits.value
        }
        result.requiredWindows = windows
        try diagnostics.check()
        return result
    }

    private func check(
        _ policy: Policy, _ topic: PolicyTopic, _ fault: String, _ place: SourceLocation,
        _ diagnostics: DiagnosticList
    ) {
        guard let written = policy.places[topic] else { return }
        diagnostics.error(
            .belowRequirement,
            "`policy.\(topic.rawValue)` \(fault): the operator asks for it at \(place)",
            remedy: "ask for as much, or leave it out of \(Fleet.fileName)",
            at: written)
    }
}

extension DriftPolicy {
    /// Orders the policies by how much they do without asking.
    fileprivate var rank: Int {
        switch self {
        case .report: 0
        case .additive: 1
        case .revert: 2
        }
    }
}

extension TLS.Mode {
    /// Orders the modes; a higher one makes the server prove more.
    package var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
