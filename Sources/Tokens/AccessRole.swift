/// What somebody may do; each role includes those before it.
package enum AccessRole: String, Hashable, Sendable, CaseIterable {
    /// Look at everything.
    case read
    /// Also stop, start, suspend and take back.
    case operate
    /// Also approve and deny.
    case approve
}
