import Basics
import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("A signature that is made here is one for ssh-keygen, too")
struct SigningKeyTests {
    @Test func aPlainKey() throws {
        let maker = try SignatureMaker()
        let path = try maker.key(["ed25519"])
        let key = try SigningKey(path: path)
        _ = try maker.allowed("ada \(try maker.publicLine(path))")
        for payload in ["", "x", String(repeating: "long ", count: 10_000)] {
            let signature = try key.sign(Array(payload.utf8), namespace: "plumb-approval")
            #expect(
                try maker.programAccepts(
                    signature, of: payload, namespace: "plumb-approval"))
            #expect(try !maker.programAccepts(signature, of: payload, namespace: "git"))
            // ed25519 has one signature of a text, and its armour one form.
            #expect(
                signature
                    == (try maker.sign(payload, with: path, namespace: "plumb-approval")))
        }
    }

    @Test(arguments: [["ecdsa", "-b", "256"], ["rsa", "-b", "2048"]])
    func otherKeysByTheProgram(type: [String]) throws {
        let maker = try SignatureMaker()
        let path = try maker.key(type)
        let verifier = SignatureVerifier(
            allowedSigners: try maker.allowed("ada \(try maker.publicLine(path))"))
        let payload = String(repeating: "long ", count: 30_000)
        let signature = try SigningKey(path: path).sign(Array(payload.utf8), namespace: "git")
        #expect(verifier.refusal(of: signature, payload) == nil)
        #expect(try maker.programAccepts(signature, of: payload))
    }

    @Test(
        "attack: a private key that others may read does not sign",
        arguments: [0o600, 0o400, 0o640, 0o604, 0o644, 0o620])
    func modes(mode: Int) throws {
        let maker = try SignatureMaker()
        let path = try maker.key(["ed25519"])
        chmod(path, mode_t(mode))
        #expect(
            signatureError { _ = try SigningKey(path: path) }
                == (mode & 0o077 == 0 ? nil : .unsafeFile))
    }

    /// Each error names the file and nothing that stands in it.
    @Test func whatIsNoKey() throws {
        let maker = try SignatureMaker()
        let path = try maker.key(["ed25519"])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let bytes = try Armour.privateKey.open(text)
        let files: [(String, String)] = [
            ("cut", Armour.privateKey.close(Array(bytes.dropLast(40)))),
            (
                "flipped",
                Armour.privateKey.close(
                    bytes.enumerated().map {
                        $0.offset == 130 ? $0.element ^ 1 : $0.element
                    })
            ),
            ("text", "hunter2-hunter2\n"),
            ("empty", ""),
        ]
        for (name, content) in files {
            let file = try maker.write(content, to: name)
            chmod(file, 0o600)
            do {
                _ = try SigningKey(path: file).sign([1], namespace: "git")
                Issue.record("\(name) signed")
            } catch {
                #expect([.invalidFile, .program].contains(error.code))
                #expect(error.description.contains(file))
                #expect(!error.description.contains("hunter2"))
            }
        }
        #expect(
            signatureError { _ = try SigningKey(path: maker.folder + "/missing") }
                == .invalidFile)
    }

    @Test func aProtectedKeyAsksSomebody() throws {
        let maker = try SignatureMaker()
        let path = try maker.key(["ed25519"], passphrase: "hunter2")
        _ = try maker.allowed("ada \(try maker.publicLine(path))")
        // Nobody is there to be asked, and no agent: it says so, and does not hang.
        if getenv("SSH_AUTH_SOCK") == nil, getenv("DISPLAY") == nil, isatty(0) == 0 {
            #expect(
                signatureError { _ = try SigningKey(path: path).sign([1], namespace: "git") }
                    == .program)
        }
    }
}
