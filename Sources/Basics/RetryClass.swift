/// Whether trying the same thing again can help.
package enum RetryClass: String, Sendable, Codable {
    /// The cause may pass by itself: a lock wait, a lost connection, a busy file.
    case retryable
    /// The same attempt fails again until somebody changes something.
    case permanent
    /// The outcome is not known: look at what is true before anything else is done.
    case indeterminate
}
