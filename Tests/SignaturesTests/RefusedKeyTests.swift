import Execution
import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("Algorithms that are too weak, or odd, are refused by name")
struct RefusedKeyTests {
    @Test("attack: a short RSA key is refused among the allowed signers and in a signature")
    func shortRSA() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["rsa", "-b", "1024"])
        let line = try maker.publicLine(key)
        #expect(signatureError { _ = try maker.allowed("ada \(line)") } == .invalidFile)
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("# nobody"))
        #expect(
            verifier.refusal(of: try maker.sign("x", with: key), "x") == .unsupportedAlgorithm)
    }

    @Test("attack: SHA-1, a hash of another name, and an algorithm that is not the key's")
    func algorithms() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["rsa", "-b", "2048"])
        let line = try maker.publicLine(key)
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        let good = try SSHSignature(armoured: try maker.sign("x", with: key))
        guard case .rsa(_, let bytes) = good.proof else {
            throw TestSupportError("no RSA signature")
        }
        func forged(
            version: UInt32 = 1, hash: String = "sha512", algorithm: String = "rsa-sha2-512"
        ) -> String {
            var proof = SSHWriter()
            proof.string(algorithm)
            proof.string(bytes)
            var writer = SSHWriter()
            writer.raw(Array("SSHSIG".utf8))
            writer.uint32(version)
            for part in [good.key.blob, Array("git".utf8), [], Array(hash.utf8), proof.bytes] {
                writer.string(part)
            }
            return Armour.signature.close(writer.bytes)
        }
        #expect(verifier.refusal(of: forged(), "x") == nil)
        #expect(verifier.refusal(of: forged(algorithm: "rsa-sha2-256"), "x") == .badSignature)
        #expect(verifier.refusal(of: forged(hash: "sha256"), "x") == .badSignature)
        for algorithm in ["ssh-rsa", "rsa-sha2-1", "ssh-ed25519", "RSA-SHA2-512", ""] {
            #expect(
                verifier.refusal(of: forged(algorithm: algorithm), "x") == .unsupportedAlgorithm)
        }
        for hash in ["sha1", "sha384", "md5", "SHA512", ""] {
            #expect(verifier.refusal(of: forged(hash: hash), "x") == .unsupportedAlgorithm)
        }
        for version: UInt32 in [0, 2, .max] {
            #expect(verifier.refusal(of: forged(version: version), "x") == .unsupportedAlgorithm)
        }
    }

    @Test("attack: a certificate is no key, whoever certified it")
    func certificates() throws {
        let maker = try SignatureMaker()
        let authority = try maker.key(["ed25519"], name: "authority")
        let key = try maker.key(["ed25519"], name: "key")
        try Shell.check(
            "ssh-keygen",
            ["-q", "-s", authority, "-I", "ada", "-n", "ada", "-V", "always:forever", key + ".pub"])
        let signature = try maker.sign("x", with: key + "-cert.pub")
        let line = try maker.publicLine(authority)
        let verifier = SignatureVerifier(
            allowedSigners: try maker.allowed("ada cert-authority \(line)"))
        #expect(try maker.programAccepts(signature, of: "x"))
        #expect(verifier.refusal(of: signature, "x") == .unsupportedAlgorithm)
        // The authority's own key certifies and does not sign.
        #expect(
            verifier.refusal(of: try maker.sign("x", with: authority), "x") == .keyNotAllowed)
    }

    @Test("attack: text in the reserved field, which nothing signs")
    func reserved() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let line = try maker.publicLine(key)
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        var bytes = try Armour.signature.open(try maker.sign("x", with: key))
        // Behind magic, version, key and namespace.
        let place = 6 + 4 + 4 + 51 + 4 + 3
        #expect(Array(bytes[place..<place + 4]) == [0, 0, 0, 0])
        bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 1, 0x41])
        let forged = Armour.signature.close(bytes)
        // The reference passes over it.
        #expect(try maker.programAccepts(forged, of: "x"))
        #expect(verifier.refusal(of: forged, "x") == .malformed)
    }

    @Test("attack: numbers of a signature that are zero, negative, padded or too large")
    func numbers() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ecdsa", "-b", "256"])
        let line = try maker.publicLine(key)
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        let blob = try SSHPublicKey(line: line).blob
        func forged(_ r: [UInt8], _ s: [UInt8]) -> String {
            var pair = SSHWriter()
            pair.string(r)
            pair.string(s)
            var proof = SSHWriter()
            proof.string("ecdsa-sha2-nistp256")
            proof.string(pair.bytes)
            return SSHSignature.armour(
                key: blob, namespace: "git", hash: .sha512, proof: proof.bytes)
        }
        let order: [UInt8] =
            [0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]
            + [UInt8](repeating: 0xff, count: 8)
            + [0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84]
            + [0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51]
        for number in [[], [0], [1], [0, 1], [0x80], order, order + [1]] as [[UInt8]] {
            for other in [[1], number] {
                #expect(verifier.refusal(of: forged(number, other), "x") != nil)
                #expect(verifier.refusal(of: forged(other, number), "x") != nil)
            }
        }
    }
}

@Suite("A key in a device signs what it was touched for")
struct DeviceKeyTests {
    /// A signature as a device makes it, by an ed25519 key in a file.
    private func signature(
        by key: Ed25519PrivateKey, blob: [UInt8], application: String, flags: UInt8,
        of payload: String
    ) throws -> String {
        let message = SSHProof.deviceMessage(
            SSHSignature.message(Array(payload.utf8), namespace: "git", hash: .sha512),
            Array(application.utf8), flags, 7)
        var proof = SSHWriter()
        proof.string(SSHPublicKey.Kind.deviceEd25519.rawValue)
        proof.string(try key.sign(message))
        proof.raw([flags])
        proof.uint32(7)
        return SSHSignature.armour(
            key: blob, namespace: "git", hash: .sha512, proof: proof.bytes)
    }

    @Test("attack: a device that nobody touched, and one for another application")
    func touched() throws {
        let maker = try SignatureMaker()
        let path = try maker.key(["ed25519"])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard case .ed25519(let key) = try OpenSSHPrivateKey(armoured: text),
            case .ed25519(let point) = key.publicKey.material
        else { throw TestSupportError("no ed25519 key") }
        func blob(_ application: String) -> [UInt8] {
            var writer = SSHWriter()
            writer.string(SSHPublicKey.Kind.deviceEd25519.rawValue)
            writer.string(point)
            writer.string(application)
            return writer.bytes
        }
        let line =
            SSHPublicKey.Kind.deviceEd25519.rawValue + " "
            + Data(blob("ssh:")).base64EncodedString()
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        func made(_ application: String, _ flags: UInt8) throws -> String {
            try signature(
                by: key, blob: blob("ssh:"), application: application, flags: flags, of: "x")
        }
        let good = try made("ssh:", 1)
        #expect(verifier.refusal(of: good, "x") == nil)
        #expect(try maker.programAccepts(good, of: "x"))
        #expect(verifier.refusal(of: try made("ssh:", 5), "x") == nil)
        #expect(verifier.refusal(of: try made("ssh:", 0), "x") == .badSignature)
        #expect(verifier.refusal(of: try made("https://example.com", 1), "x") == .badSignature)
        #expect(verifier.refusal(of: good, "y") == .badSignature)
        let other = try signature(
            by: key, blob: blob("ssh:other"), application: "ssh:other", flags: 1, of: "x")
        #expect(verifier.refusal(of: other, "x") == .keyNotAllowed)
    }

    @Test func anECDSAKeyInADevice() throws {
        let maker = try SignatureMaker()
        let path = try maker.key(["ecdsa", "-b", "256", "-m", "PEM"])
        guard case .ecdsa(_, let point) = try SSHPublicKey(line: maker.publicLine(path)).material
        else { throw TestSupportError("no ECDSA key") }
        var blob = SSHWriter()
        blob.string(SSHPublicKey.Kind.deviceECDSA.rawValue)
        blob.string("nistp256")
        blob.string(point)
        blob.string("ssh:")
        let line =
            SSHPublicKey.Kind.deviceECDSA.rawValue + " "
            + Data(blob.bytes).base64EncodedString()
        let verifier = SignatureVerifier(allowedSigners: try maker.allowed("ada \(line)"))
        for flags: UInt8 in [1, 0] {
            let message = SSHProof.deviceMessage(
                SSHSignature.message(Array("x".utf8), namespace: "git", hash: .sha512),
                Array("ssh:".utf8), flags, 9)
            let (input, output) = (maker.folder + "/message", maker.folder + "/der")
            try Data(message).write(to: URL(fileURLWithPath: input))
            try Shell.check("openssl", ["dgst", "-sha256", "-sign", path, "-out", output, input])
            // SEQUENCE { INTEGER r, INTEGER s }: its integers are written as those of SSH.
            let der = Array(try Data(contentsOf: URL(fileURLWithPath: output)))
            let length = Int(der[3])
            var pair = SSHWriter()
            pair.string(Array(der[4..<4 + length]))
            pair.string(Array(der[(6 + length)...]))
            var proof = SSHWriter()
            proof.string(SSHPublicKey.Kind.deviceECDSA.rawValue)
            proof.string(pair.bytes)
            proof.raw([flags])
            proof.uint32(9)
            let signature = SSHSignature.armour(
                key: blob.bytes, namespace: "git", hash: .sha512, proof: proof.bytes)
            #expect(verifier.refusal(of: signature, "x") == (flags == 1 ? nil : .badSignature))
            #expect(verifier.refusal(of: signature, "y") == .badSignature)
            if flags == 1 { #expect(try maker.programAccepts(signature, of: "x")) }
        }
    }
}
