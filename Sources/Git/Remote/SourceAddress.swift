import Foundation

/// The address from which a schema repository is fetched.
package struct SourceAddress: Hashable, Sendable, CustomStringConvertible {
    /// How the repository is reached.
    package enum Transport: String, Hashable, Sendable {
        case local
        case https
        case ssh
    }

    package let transport: Transport
    /// The address for libgit2; never contains a secret.
    package let url: String

    /// Reads a path, `file://…`, `https://…`, `ssh://…` or `user@host:path`.
    ///
    /// Throws `invalid` for anything else, and for an address with a password in it.
    package init(_ text: String) throws(GitError) {
        guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw GitError(.invalid, "the address of the schema repository is empty or malformed")
        }
        guard let separator = text.range(of: "://") else {
            self = try Self.withoutScheme(text)
            return
        }
        let scheme = text[..<separator.lowerBound].lowercased()
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        try Self.refuseSecret(in: authority, scheme: scheme)
        switch scheme {
        case "file": transport = .local
        case "https": transport = .https
        case "ssh": transport = .ssh
        default:
            throw GitError(
                .invalid,
                "\(scheme)://: not a way to fetch a schema repository",
                remedy: "use a path, file://, https://, ssh:// or user@host:path")
        }
        guard scheme == "file" || !authority.isEmpty else {
            throw GitError(.invalid, "\(text): names no host")
        }
        // Tokens are put there, too, and the address is printed.
        guard scheme != "https" || !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw GitError(
                .invalid, "https://\(authority)/…: a ? or # does not belong in the address",
                remedy: "put a token in an environment variable or a file")
        }
        url = text
    }

    package var description: String { url }

    /// The folder of a local repository; nil for a remote one.
    package var localPath: String? {
        guard transport == .local else { return nil }
        guard url.hasPrefix("file://") else { return url }
        return URL(string: url)?.path
    }

    private init(transport: Transport, url: String) {
        self.transport = transport
        self.url = url
    }

    /// Reads `host:path`, which has a colon before the first slash, as `scp` and `git` do.
    private static func withoutScheme(_ text: String) throws(GitError) -> SourceAddress {
        let head = text.prefix { $0 != "/" }
        if let colon = head.firstIndex(of: ":"), colon != head.startIndex {
            guard !head[colon...].contains("@") else {
                throw GitError(
                    .invalid, "…@…: credentials do not belong in the address",
                    remedy: "write user@host:path, and use a key")
            }
            return SourceAddress(transport: .ssh, url: text)
        }
        let absolute =
            text.hasPrefix("/")
            ? text : FileManager.default.currentDirectoryPath + "/" + text
        return SourceAddress(transport: .local, url: absolute)
    }

    private static func refuseSecret(
        in authority: Substring, scheme: String
    ) throws(GitError) {
        guard let at = authority.lastIndex(of: "@") else { return }
        // Tokens are often written as the user name, so https addresses may have none.
        guard scheme == "https" || authority[..<at].contains(":") else { return }
        throw GitError(
            .invalid,
            "\(scheme)://…@\(authority[authority.index(after: at)...]): credentials do not belong "
                + "in the address", remedy: "put the token in an environment variable or a file")
    }
}
