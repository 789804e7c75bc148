import Basics
import Execution
import Foundation
import TestSupport
import Testing

@testable import Signatures

/// A keyring of `gpg` in a temporary folder, of somebody who signs.
private final class Signer {
    private let folder: TemporaryFolder
    let workshop: WorkspacePool
    var home: String { folder.path }

    /// Puts the clock back, where a test needs what is old.
    var early: [String] = []

    init() throws {
        folder = try TemporaryFolder()
        workshop = try WorkspacePool()
    }

    deinit {
        _ = try? Shell.run("gpgconf", ["--homedir", folder.path, "--kill", "all"])
    }

    @discardableResult
    func gpg(_ arguments: [String], input: String? = nil) throws -> String {
        try Shell.check(
            "gpg", ["--homedir", folder.path, "--batch", "--no-tty", "--quiet"] + arguments,
            input: input)
    }

    /// A new key without a passphrase; its fingerprint.
    func key(_ name: String, algorithm: String = "ed25519", expires: String = "never") throws
        -> String
    {
        try gpg(
            early + [
                "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", name,
                algorithm, "sign", expires,
            ])
        let listing = try gpg(early + ["--with-colons", "--list-keys", name])
        let line = try #require(listing.split(separator: "\n").first { $0.hasPrefix("fpr:") })
        return String(line.split(separator: ":").last ?? "")
    }

    func sign(_ payload: String, with key: String, options: [String] = []) throws -> String {
        try gpg(
            early + ["--armor", "--local-user", key] + options + ["--detach-sign"], input: payload)
    }

    /// A verifier that knows all keys of the ring, and lets those of `signers` sign.
    func verifier(_ signers: String) throws -> SignatureVerifier {
        let keys = try workshop.write(try gpg(["--armor", "--export"]), to: "keys.asc")
        let file = try workshop.write(signers + "\n", to: "openpgp_signers")
        return SignatureVerifier(
            allowedSigners: try AllowedSigners(text: "", file: "none"),
            openPGP: try OpenPGPSigners.read(signers: file, keys: keys))
    }
}

@Suite("OpenPGP signatures are verified by gpg, with the operator's keys alone")
struct OpenPGPTests {
    @Test func aGoodSignature() throws {
        let signer = try Signer()
        let key = try signer.key("ada@example.com")
        let signature = try signer.sign("payload", with: key)
        let verified = try signer.verifier("ada \(key.lowercased()) a comment").verify(
            payload: Array("payload".utf8), signature: signature, namespace: "git",
            at: WorkspacePool.now)
        #expect(verified.kind == .openPGP && verified.principals == ["ada"])
        #expect(verified.fingerprint == key)
        #expect(verified.place.hasSuffix("/openpgp_signers:1"))
        let age = Timestamp(Date()).secondsSince1970 - (verified.signedAt?.secondsSince1970 ?? 0)
        #expect((0..<600).contains(age))
    }

    @Test("attack: OpenPGP signatures by others, for others, of other texts and with SHA-1")
    func refusals() throws {
        let signer = try Signer()
        let ada = try signer.key("ada@example.com")
        let eve = try signer.key("eve@example.com")
        let verifier = try signer.verifier(
            "ada namespaces=\"git\",valid-before=\"20260101Z\" \(ada)")
        let good = try signer.sign("payload", with: ada)
        #expect(verifier.refusal(of: good, "payload") == nil)
        #expect(verifier.refusal(of: good, "payload", principal: "bob") == .wrongPrincipal)
        #expect(verifier.refusal(of: good, "payloae") == .badSignature)
        #expect(
            verifier.refusal(of: good, "payload", namespace: "plumb-approval")
                == .wrongNamespace)
        let late = Timestamp(secondsSince1970: 1_800_000_000)
        #expect(verifier.refusal(of: good, "payload", at: late) == .expired)
        // A user id is what its owner wrote: only the fingerprint counts.
        #expect(
            verifier.refusal(of: try signer.sign("payload", with: eve), "payload")
                == .keyNotAllowed)
        let weak = try signer.sign(
            "payload", with: ada, options: ["--digest-algo", "SHA1"])
        #expect(verifier.refusal(of: weak, "payload") == .unsupportedAlgorithm)
        let stranger = try Signer()
        let foreign = try stranger.sign("payload", with: try stranger.key("ada@example.com"))
        #expect(verifier.refusal(of: foreign, "payload") == .keyNotAllowed)
    }

    @Test("attack: a message with a text of its own in the place of a detached signature")
    func inline() throws {
        let signer = try Signer()
        let key = try signer.key("ada@example.com")
        let verifier = try signer.verifier("ada \(key)")
        let good = try signer.sign("payload", with: key)
        let message = try signer.gpg(
            ["--armor", "--local-user", key, "--sign"], input: "payload")
        let disguised = message.replacingOccurrences(of: "PGP MESSAGE", with: "PGP SIGNATURE")
        #expect(verifier.refusal(of: disguised, "other") == .malformed)
        #expect(verifier.refusal(of: disguised, "payload") == .malformed)
        #expect(verifier.refusal(of: message, "payload") == .unknownFormat)
        let clear = try signer.gpg(["--local-user", key, "--clearsign"], input: "payload")
        #expect(verifier.refusal(of: clear, "payload") == .unknownFormat)
        #expect(verifier.refusal(of: good + good, "payload") == .malformed)
        #expect(verifier.refusal(of: good + clear, "payload") == .malformed)
        let two = try signer.gpg(
            [
                "--armor", "--local-user", key, "--detach-sign", "--local-user",
                try signer.key("eve@example.com"),
            ], input: "payload")
        #expect(verifier.refusal(of: two, "payload") == .malformed)
    }

    @Test("attack: an OpenPGP key that has expired, was revoked, or is too short")
    func keys() throws {
        let signer = try Signer()
        signer.early = ["--faked-system-time", "20240101T000000"]
        let old = try signer.key("old@example.com", expires: "1y")
        let expired = try signer.sign("payload", with: old)
        signer.early = []
        let revoked = try signer.key("revoked@example.com")
        let short = try signer.key("short@example.com", algorithm: "rsa1024")
        let signers = "old \(old)\nrevoked \(revoked)\nshort \(short)"
        let signatures = [
            (try signer.sign("payload", with: revoked), SignatureError.Code.revoked),
            (try signer.sign("payload", with: short), .unsupportedAlgorithm),
            (expired, .expired),
        ]
        #expect(try signer.verifier(signers).refusal(of: signatures[0].0, "payload") == nil)
        let path = try #require(
            try FileManager.default.contentsOfDirectory(
                atPath: signer.home + "/openpgp-revocs.d"
            ).first { $0.hasPrefix(revoked) })
        let text = try String(
            contentsOfFile: signer.home + "/openpgp-revocs.d/" + path, encoding: .utf8)
        try signer.gpg(["--import"], input: text.replacingOccurrences(of: ":---", with: "---"))
        let verifier = try signer.verifier(signers)
        for (signature, code) in signatures {
            #expect(verifier.refusal(of: signature, "payload") == code)
        }
    }

    @Test(
        "attack: a file of OpenPGP signers that is not wholly understood allows nobody",
        arguments: [
            "ada", "ada 0123", "ada cert-authority FPR", "ada FPR0", "ada valid FPR",
            "FPR", "ada ssh-ed25519 AAAA",
        ])
    func badFile(text: String) throws {
        let fingerprint = String(repeating: "0123456789", count: 4)
        let keyring = OpenPGPKeyring(exported: [], file: "keys")
        let code = signatureError {
            _ = try OpenPGPSigners(
                text: text.replacingOccurrences(of: "FPR", with: fingerprint), file: "signers",
                keyring: keyring)
        }
        #expect(code == .invalidFile)
    }

    @Test func keysThatAreNone() throws {
        let signer = try Signer()
        let key = try signer.key("ada@example.com")
        let signature = try signer.sign("payload", with: key)
        let file = try signer.workshop.write("ada \(key)\n", to: "signers")
        for (name, content) in [("empty", ""), ("text", "no key\n")] {
            let keys = try signer.workshop.write(content, to: name)
            let verifier = SignatureVerifier(
                allowedSigners: try AllowedSigners(text: "", file: "none"),
                openPGP: try OpenPGPSigners.read(signers: file, keys: keys))
            #expect(verifier.refusal(of: signature, "payload") != nil)
        }
    }
}
