import Schema
import Service

/// The tokens of a file: one in a line, as `name role secret`.
///
/// Instead of the secret there can be `sha256:` and its digest in 64 hexadecimal digits, so that
/// the file gives nothing away. Empty lines, and lines that begin with `#`, say nothing.
package struct TokenList: Sendable {
    package let tokens: [AccessToken]

    /// The fewest letters of a secret.
    package static let leastLetters = 24

    /// - Parameter path: for errors, which never repeat what stands in a line.
    package init(_ text: String, path: String) throws(TokenError) {
        var tokens: [AccessToken] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let place = "\(path):\(number + 1)"
            guard words.count == 3 else {
                throw TokenError(
                    "\(place): a token is a name, a role and a secret, and here are "
                        + Count.of(words.count, "word"),
                    remedy: "write it like `ada@example.com approve SECRET`")
            }
            guard let role = Endpoint.Role(rawValue: words[1]) else {
                throw TokenError(
                    "\(place): the second word is no role",
                    remedy: "use \(Endpoint.Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let digest = try Self.digest(words[2], place)
            guard !tokens.contains(where: { $0.digest == digest }) else {
                throw TokenError(
                    "\(place): the secret is that of an earlier line",
                    remedy: "give each name a secret of its own")
            }
            tokens.append(AccessToken(name: first, role: role, digest: digest))
        }
        self.tokens = tokens
    }

    private static func digest(_ word: String, _ place: String) throws(TokenError) -> [UInt8] {
        if word.hasPrefix("sha256:") {
            guard let digest = Digest(hex: String(word.dropFirst(7))) else {
                throw TokenError(
                    "\(place): behind sha256: stand no 64 hexadecimal digits",
                    remedy: "make them with `printf %s SECRET | sha256sum`")
            }
            return Array(digest.hex.utf8)
        }
        guard word.utf8.count >= leastLetters else {
            throw TokenError(
                "\(place): the secret is shorter than \(leastLetters) letters",
                remedy: "make one with `openssl rand -hex 32`")
        }
        return AccessToken.digest(of: word)
    }
}
