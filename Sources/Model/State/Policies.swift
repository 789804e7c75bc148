/// What a failed operation means for the others: `policy.rollout.on_failure`.
package enum FailurePolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// No new operation starts.
    case halt
    /// The others go on; the rollout ends as failed all the same.
    case `continue`
}

/// What happens to tables that were changed out of band: `policy.drift`.
package enum DriftPolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// The difference is reported and left alone.
    case report
    /// What is missing is put back; nothing is dropped or narrowed.
    case additive
    /// The way back to git is planned, behind the same approvals as any change.
    case revert
}
