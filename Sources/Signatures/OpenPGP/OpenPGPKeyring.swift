import Execution
import Foundation

/// Verifies OpenPGP signatures with `gpg` and a fixed set of keys.
///
/// The keys are in a folder of their own: the user's keyring, configuration and agent are not
/// used, and no key is fetched.
final class OpenPGPKeyring: Sendable {
    private let exported: [UInt8]
    private let file: String
    private let home = Lock<GPGHome?>(nil)

    /// - Parameter exported: the output of `gpg --export`, armoured or not.
    init(exported: [UInt8], file: String) {
        self.exported = exported
        self.file = file
    }

    /// The signer; throws for everything but one good signature by one good key.
    func verify(
        payload: [UInt8], signature: String
    ) throws(SignatureError) -> GPGStatus.Good {
        try home.withLock { (home) throws(SignatureError) in
            let opened: GPGHome
            if let home {
                opened = home
            } else {
                opened = try GPGHome(importing: exported, from: file)
                home = opened
            }
            return try opened.verify(payload: payload, signature: signature)
        }
    }
}

/// A home folder for `gpg` with the keys; removed with the last reference to it.
private final class GPGHome: Sendable {
    private let folder: String

    private static let limitSeconds: Double = 60

    init(importing keys: [UInt8], from file: String) throws(SignatureError) {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        var template = Array(((base.isEmpty ? "/tmp" : base) + "/plumb-gpg-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw SignatureError(
                .program, "no temporary folder for gpg: \(String(cString: strerror(errno)))",
                remedy: "check TMPDIR")
        }
        folder = String(cString: made)
        let result = try run(["--import"], input: keys)
        guard result.status == 0 else {
            throw SignatureError(
                .invalidFile, "\(file): gpg does not import it: \(result.complaint)",
                remedy: "write it with `gpg --export`, public keys only")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func verify(payload: [UInt8], signature: String) throws(SignatureError) -> GPGStatus.Good {
        let path = folder + "/signature.asc"
        do {
            try Data(signature.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw SignatureError(.program, "\(path): it cannot be written")
        }
        let result = try run(["--verify", path, "-"], input: payload)
        let good = try GPGStatus(result.output).good(exitStatus: result.status)
        try requireStrongKey(good.fingerprint)
        return good
    }

    /// Requires of RSA keys the size that is required of SSH's RSA keys.
    private func requireStrongKey(_ fingerprint: String) throws(SignatureError) {
        let listing = try run(
            ["--with-colons", "--list-keys", "--with-subkey-fingerprint", fingerprint], input: [])
        var bits = 0
        for line in listing.output.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 9 else { continue }
            if fields[0] == "pub" || fields[0] == "sub" { bits = Int(fields[2]) ?? 0 }
            guard fields[0] == "fpr", fields[9] == fingerprint else { continue }
            let isShort = bits >= 1024 && bits < SSHPublicKey.fewestBitsOfRSA
            guard bits > 0, !isShort else { break }
            return
        }
        throw SignatureError(
            .unsupportedAlgorithm,
            "the OpenPGP key \(fingerprint) has \(bits) bits, which are "
                + "not accepted", remedy: "use an ed25519 key, or RSA with 2048 bits or more")
    }

    private func run(
        _ arguments: [String], input: [UInt8]
    ) throws(SignatureError) -> Program.Output {
        let always = [
            "--homedir", folder, "--no-options", "--batch", "--no-tty", "--status-fd", "1",
            "--no-autostart", "--disable-dirmngr", "--no-auto-key-retrieve",
            "--no-auto-key-locate", "--no-auto-check-trustdb", "--trust-model", "always",
            "--exit-on-status-write-error",
        ]
        return try Program.run(
            "gpg", always + arguments, input: input, environment: ["HOME": folder, "LC_ALL": "C"],
            limitSeconds: Self.limitSeconds)
    }
}
