/// A message that stops no step.
package struct Notice: Codable, Hashable, Sendable {
    /// The stable name of the notice in JSON.
    package var code: String
    package var message: String

    /// The code of notices about shards that a worker read for the process that plans.
    package static let readByWorker = "read-by-worker"

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
