import Schema

/// The tokens of a file: one in a line, as `name role secret`; see ``SecretLines``.
///
/// Instead of the secret there can be `sha256:` and its digest in 64 hexadecimal digits, so that
/// the file gives nothing away.
package struct TokenList: Sendable {
    package let tokens: [AccessToken]

    /// - Parameter path: for errors, which never repeat what stands in a line.
    package init(_ text: String, path: String) throws(TokenError) {
        var tokens: [AccessToken] = []
        let lines = try SecretLines(
            text, path: path, what: "a token is a name, a role and a secret",
            example: "ada@example.com approve SECRET")
        for line in lines.lines {
            let role: AccessRole = try SecretLines.kind(of: line, "role")
            let digest = try Self.digest(line)
            guard !tokens.contains(where: { $0.digest == digest }) else {
                throw TokenError(
                    "\(line.place): the secret is that of an earlier line",
                    remedy: "give each name a secret of its own")
            }
            tokens.append(AccessToken(name: line.name, role: role, digest: digest))
        }
        self.tokens = tokens
    }

    private static func digest(_ line: SecretLines.Line) throws(TokenError) -> [UInt8] {
        guard line.secret.hasPrefix("sha256:") else {
            try SecretLines.requireLength(of: line)
            return AccessToken.digest(of: line.secret)
        }
        guard let digest = Digest(hex: String(line.secret.dropFirst(7))) else {
            throw TokenError(
                "\(line.place): behind sha256: stand no 64 hexadecimal digits",
                remedy: "make them with `printf %s SECRET | sha256sum`")
        }
        return Array(digest.hex.utf8)
    }
}
