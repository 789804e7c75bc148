import Crypto
import Foundation

/// The tokens of a file that only its owner can read; see ``SecretFile``.
package final class TokenFile: Sendable {
    private let file: SecretFile<TokenList>

    private static let words = SecretFile<TokenList>.Words(
        contents: "the tokens",
        form: "a file of lines like `ada@example.com approve SECRET`, mode 600",
        loss: "no token is good any more")

    /// Reads the file.
    ///
    /// Throws where it cannot be read, others may read it, or a line says nothing.
    ///
    /// - Parameters:
    ///   - clock: seconds that only grow.
    ///   - told: what is wrong with the file later on, once for each fault; no token is good then.
    package init(
        _ path: String,
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime },
        told: @escaping @Sendable (String) -> Void
    ) throws {
        file = try SecretFile(path, Self.words, clock: clock, told: told) {
            try TokenList($0, path: path)
        }
    }

    /// What stands in the file now, under the same conditions.
    package static func list(_ path: String) throws -> TokenList {
        try SecretFile.contents(path, words) { try TokenList($0, path: path) }
    }

    /// Whether the token still stands in the file, with the same name, role and secret.
    package func holds(_ token: AccessToken) -> Bool {
        file.content?.tokens.contains(token) == true
    }

    /// The token with this secret; nil where there is none.
    ///
    /// Takes as long for a wrong secret as for a right one, wherever they differ.
    package func token(of secret: String) -> AccessToken? {
        let digest = AccessToken.digest(of: secret)
        var found: AccessToken?
        for token in file.content?.tokens ?? []
        where ConstantTime.areEqual(token.digest, digest) { found = token }
        return found
    }
}
