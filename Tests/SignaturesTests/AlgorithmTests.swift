import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("A signature of ssh-keygen is verified as ssh-keygen does it")
struct AlgorithmTests {
    private static let types = [
        ["ed25519"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"],
        ["rsa", "-b", "2048"], ["rsa", "-b", "3072"],
    ]

    @Test(arguments: types, ["sha512", "sha256"])
    func eachTypeOfKey(type: [String], hash: String) throws {
        let maker = try SignatureMaker()
        let key = try maker.key(type)
        let line = try maker.publicLine(key)
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        for payload in ["", "x", "tree 1\nparent 2\n\nmessage \u{e9}\n"] {
            let signature = try maker.sign(
                payload, with: key, options: ["-O", "hashalg=\(hash)"])
            let signer = try verifier.verify(
                payload: Array(payload.utf8), signature: signature, namespace: "git",
                at: SignatureMaker.now)
            #expect(signer.principals == ["ada"])
            #expect(signer.kind == .ssh && signer.signedAt == nil)
            #expect(signer.place == "\(maker.folder)/allowed:1")
            #expect(try Shell.check("ssh-keygen", ["-lf", key]).contains(signer.fingerprint + " "))
            #expect(try maker.programAccepts(signature, of: payload))
            #expect(verifier.refusal(of: signature, payload + "x") == .badSignature)
            #expect(verifier.refusal(of: signature, payload, namespace: "file") == .wrongNamespace)
        }
    }

    @Test("attack: a signature counts for the namespace that it was made for, and no other")
    func namespaces() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let line = try maker.publicLine(key)
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        let signature = try maker.sign("x", with: key, namespace: "git")
        for other in ["Git", "gi", "git2", "g*", "*", "plumb-approval", "git,x"] {
            #expect(verifier.refusal(of: signature, "x", namespace: other) == .wrongNamespace)
        }
        #expect(verifier.refusal(of: signature, "x", namespace: "git") == nil)
    }

    @Test("attack: no signature, an empty one, and one of no known kind do not count")
    func noSignature() throws {
        let maker = try SignatureMaker()
        let line = try maker.publicLine(try maker.key(["ed25519"]))
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        #expect(verifier.refusal(of: nil, "x") == .unsigned)
        #expect(verifier.refusal(of: "", "x") == .unsigned)
        #expect(verifier.refusal(of: " \n", "x") == .unsigned)
        #expect(verifier.refusal(of: "signed, Ada", "x") == .unknownFormat)
        #expect(verifier.refusal(of: "-----BEGIN SIGNED MESSAGE-----\n", "x") == .unknownFormat)
        #expect(
            verifier.refusal(of: "-----BEGIN PGP SIGNATURE-----\n", "x") == .keyNotAllowed)
    }
}
