import Foundation

/// A keyring of `gpg` in a temporary folder, of somebody who signs; its agent ends with it.
package final class GPGKeyring {
    private let folder: TemporaryFolder
    /// What `GNUPGHOME` has to be.
    package var home: String { folder.path }
    /// Options of every key and signature that is made, such as a clock that is put back.
    package var options: [String] = []

    package init() throws { folder = try TemporaryFolder() }

    deinit {
        _ = try? Shell.run("gpgconf", ["--homedir", folder.path, "--kill", "all"])
    }

    @discardableResult
    package func gpg(_ arguments: [String], input: String? = nil) throws -> String {
        try Shell.check(
            "gpg", ["--homedir", folder.path, "--batch", "--no-tty", "--quiet"] + arguments,
            input: input)
    }

    /// A new key without a passphrase; its fingerprint.
    package func key(
        _ name: String, algorithm: String = "ed25519", expires: String = "never"
    ) throws -> String {
        try gpg(
            options + [
                "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", name,
                algorithm, "sign", expires,
            ])
        let listing = try gpg(options + ["--with-colons", "--list-keys", name])
        guard let line = listing.split(separator: "\n").first(where: { $0.hasPrefix("fpr:") }),
            let fingerprint = line.split(separator: ":").last
        else { throw TestSupportError("gpg made no key for \(name):\n\(listing)") }
        return String(fingerprint)
    }

    /// A signature of `payload` beside it, in armour.
    package func sign(
        _ payload: String, with key: String, options more: [String] = []
    ) throws -> String {
        try gpg(
            options + ["--armor", "--local-user", key] + more + ["--detach-sign"], input: payload)
    }

    /// The public keys, in armour.
    package func exported() throws -> String { try gpg(["--armor", "--export"]) }
}
