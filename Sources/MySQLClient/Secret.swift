/// A text that is never printed: not by `print`, interpolation or reflection.
package struct Secret: Sendable, Equatable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The text itself, for the one call that passes it to the client library.
    func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The account with which to log in.
package struct Credentials: Sendable, Equatable {
    /// Empty to use the option file's user, or else the user that the process runs as.
    package var user: String
    package var password: Secret?

    package init(user: String, password: Secret? = nil) {
        self.user = user
        self.password = password
    }
}
