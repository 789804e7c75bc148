/// What a command does with a proposal: a pull request, or files that lie about.
package enum ProposalUse: Hashable, Sendable {
    /// Says what its schemas would change; the base decides about all else.
    case schemas
    /// Looks at the base instead.
    case baseOnly
    /// Acts for good, and so not on a proposal.
    case refused
}
