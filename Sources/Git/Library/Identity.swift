import CGit2

/// The user's name and address in the git configuration.
package struct Identity: Hashable, Sendable {
    package let name: String?
    package let email: String?

    /// `user.name` and `user.email` of the user's and the system's configuration; nil where not set
    /// or not readable.
    package static func configured() -> Identity {
        guard (try? LibGit.start()) != nil else { return Identity(name: nil, email: nil) }
        var pointer: OpaquePointer?
        guard git_config_open_default(&pointer) == 0, let pointer else {
            return Identity(name: nil, email: nil)
        }
        defer { git_config_free(pointer) }
        return Identity(name: value("user.name", pointer), email: value("user.email", pointer))
    }

    private static func value(_ key: String, _ config: OpaquePointer) -> String? {
        var buffer = git_buf()
        guard git_config_get_string_buf(&buffer, config, key) == 0 else { return nil }
        defer { git_buf_dispose(&buffer) }
        let text = buffer.ptr.map { String(cString: $0) }
        return text?.isEmpty == true ? nil : text
    }
}
