/// A message that stops no step.
package struct Notice: Codable, Hashable, Sendable {
    /// The stable name of the notice in JSON.
    package var code: String
    package var message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
