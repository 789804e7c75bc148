import Basics
import Execution
import Foundation
import TestSupport
import Testing

@testable import Signatures

/// Somebody who signs with keys of `gpg`, and the files that let them.
private struct Signer {
    let ring: GPGKeyring
    let folder: TemporaryFolder

    init() throws {
        ring = try GPGKeyring()
        folder = try TemporaryFolder()
    }

    /// A verifier that knows all keys of the ring, and lets those of `signers` sign.
    func verifier(_ signers: String) throws -> SignatureVerifier {
        let keys = try folder.write(try ring.exported(), to: "keys.asc")
        let file = try folder.write(signers + "\n", to: "openpgp_signers")
        return SignatureVerifier(
            allowedSigners: try AllowedSigners(text: "", file: "none"),
            openPGP: try OpenPGPSigners.read(signers: file, keys: keys))
    }
}

@Suite("OpenPGP signatures are verified by gpg, with the operator's keys alone")
struct OpenPGPTests {
    @Test func aGoodSignature() throws {
        let signer = try Signer()
        let key = try signer.ring.key("ada@example.com")
        let signature = try signer.ring.sign("payload", with: key)
        let verified = try signer.verifier("ada \(key.lowercased()) a comment").verify(
            payload: Array("payload".utf8), signature: signature, namespace: "git",
            at: SignatureMaker.now)
        #expect(verified.kind == .openPGP && verified.principals == ["ada"])
        #expect(verified.fingerprint == key)
        #expect(verified.place.hasSuffix("/openpgp_signers:1"))
        let age = Timestamp(Date()).secondsSince1970 - (verified.signedAt?.secondsSince1970 ?? 0)
        #expect((0..<600).contains(age))
    }

    @Test("attack: OpenPGP signatures by others, for others, of other texts and with SHA-1")
    func refusals() throws {
        let signer = try Signer()
        let ada = try signer.ring.key("ada@example.com")
        let eve = try signer.ring.key("eve@example.com")
        let verifier = try signer.verifier(
            "ada namespaces=\"git\",valid-before=\"20260101Z\" \(ada)")
        let good = try signer.ring.sign("payload", with: ada)
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
            verifier.refusal(of: try signer.ring.sign("payload", with: eve), "payload")
                == .keyNotAllowed)
        let weak = try signer.ring.sign(
            "payload", with: ada, options: ["--digest-algo", "SHA1"])
        #expect(verifier.refusal(of: weak, "payload") == .unsupportedAlgorithm)
        let stranger = try Signer()
        let key = try stranger.ring.key("ada@example.com")
        let foreign = try stranger.ring.sign("payload", with: key)
        #expect(verifier.refusal(of: foreign, "payload") == .keyNotAllowed)
    }

    @Test("attack: a message with a text of its own in the place of a detached signature")
    func inline() throws {
        let signer = try Signer()
        let key = try signer.ring.key("ada@example.com")
        let verifier = try signer.verifier("ada \(key)")
        let good = try signer.ring.sign("payload", with: key)
        let message = try signer.ring.gpg(
            ["--armor", "--local-user", key, "--sign"], input: "payload")
        let disguised = message.replacingOccurrences(of: "PGP MESSAGE", with: "PGP SIGNATURE")
        #expect(verifier.refusal(of: disguised, "other") == .malformed)
        #expect(verifier.refusal(of: disguised, "payload") == .malformed)
        #expect(verifier.refusal(of: message, "payload") == .unknownFormat)
        let clear = try signer.ring.gpg(["--local-user", key, "--clearsign"], input: "payload")
        #expect(verifier.refusal(of: clear, "payload") == .unknownFormat)
        #expect(verifier.refusal(of: good + good, "payload") == .malformed)
        #expect(verifier.refusal(of: good + clear, "payload") == .malformed)
        let two = try signer.ring.gpg(
            [
                "--armor", "--local-user", key, "--detach-sign", "--local-user",
                try signer.ring.key("eve@example.com"),
            ], input: "payload")
        #expect(verifier.refusal(of: two, "payload") == .malformed)
    }

    @Test("attack: an OpenPGP key that has expired, was revoked, or is too short")
    func keys() throws {
        let signer = try Signer()
        signer.ring.options = ["--faked-system-time", "20240101T000000"]
        let old = try signer.ring.key("old@example.com", expires: "1y")
        let expired = try signer.ring.sign("payload", with: old)
        signer.ring.options = []
        let revoked = try signer.ring.key("revoked@example.com")
        let short = try signer.ring.key("short@example.com", algorithm: "rsa1024")
        let signers = "old \(old)\nrevoked \(revoked)\nshort \(short)"
        let signatures = [
            (try signer.ring.sign("payload", with: revoked), SignatureError.Code.revoked),
            (try signer.ring.sign("payload", with: short), .unsupportedAlgorithm),
            (expired, .expired),
        ]
        #expect(try signer.verifier(signers).refusal(of: signatures[0].0, "payload") == nil)
        let path = try #require(
            try FileManager.default.contentsOfDirectory(
                atPath: signer.ring.home + "/openpgp-revocs.d"
            ).first { $0.hasPrefix(revoked) })
        let text = try String(
            contentsOfFile: signer.ring.home + "/openpgp-revocs.d/" + path, encoding: .utf8)
        try signer.ring.gpg(["--import"], input: text.replacingOccurrences(of: ":---", with: "---"))
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
        let key = try signer.ring.key("ada@example.com")
        let signature = try signer.ring.sign("payload", with: key)
        let file = try signer.folder.write("ada \(key)\n", to: "signers")
        for (name, content) in [("empty", ""), ("text", "no key\n")] {
            let keys = try signer.folder.write(content, to: name)
            let verifier = SignatureVerifier(
                allowedSigners: try AllowedSigners(text: "", file: "none"),
                openPGP: try OpenPGPSigners.read(signers: file, keys: keys))
            #expect(verifier.refusal(of: signature, "payload") != nil)
        }
    }
}
