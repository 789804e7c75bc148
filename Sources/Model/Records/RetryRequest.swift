/// That somebody wants what failed to be tried again without a pause.
package struct RetryRequest: Codable, Hashable, Sendable {
    /// The version of the record's format.
    package var version: Int
    /// Who asked for it, and why.
    package var actor: String
    package var reason: String
    /// ISO 8601 in UTC.
    package var at: String

    package init(actor: String, reason: String, at: String) {
        version = 1
        self.actor = actor
        self.reason = reason
        self.at = at
    }
}
