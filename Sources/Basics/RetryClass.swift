/// Whether trying the same operation again can help.
package enum RetryClass: String, Sendable, Codable {
    /// The cause may pass by itself: a lock wait, a lost connection, a busy file.
    case retryable
    /// It fails again until somebody changes something.
    case permanent
    /// The outcome is unknown: read the actual state before doing anything else.
    case indeterminate
}
