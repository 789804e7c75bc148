import Execution
import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("Signatures that somebody changed do not count")
struct TamperTests {
    /// The signature's bytes; what `change` made of them, in its armour.
    private func changed(_ signature: String, _ change: (inout [UInt8]) -> Void) throws -> String {
        var bytes = try Armour.signature.open(signature)
        change(&bytes)
        return Armour.signature.close(bytes)
    }

    @Test(
        "attack: one changed byte at any place of a signature",
        arguments: [["ed25519"], ["ecdsa", "-b", "256"]])
    func eachByte(type: [String]) throws {
        let maker = try SignatureMaker()
        let key = try maker.key(type)
        let verifier = SignatureVerifier(
            allowedSigners: try maker.allowed("ada \(try maker.publicLine(key))"))
        let signature = try maker.sign("payload", with: key)
        let count = try Armour.signature.open(signature).count
        #expect(verifier.refusal(of: try changed(signature) { _ in }, "payload") == nil)
        for place in 0..<count {
            // One bit, chosen so that every bit has its turn; and every bit.
            for mask in [UInt8(1) << (place % 8), 0xff] {
                let forged = try changed(signature) { $0[place] ^= mask }
                #expect(verifier.refusal(of: forged, "payload") != nil, "byte \(place)")
                guard mask != 0xff, place % 4 == 0 else { continue }
                #expect(try !maker.programAccepts(forged, of: "payload"), "byte \(place)")
            }
        }
    }

    @Test("attack: a signature that is cut off, or goes on")
    func eachLength() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let verifier = SignatureVerifier(
            allowedSigners: try maker.allowed("ada \(try maker.publicLine(key))"))
        let signature = try maker.sign("payload", with: key)
        let count = try Armour.signature.open(signature).count
        for length in 0..<count {
            let forged = try changed(signature) { $0 = Array($0.prefix(length)) }
            #expect(verifier.refusal(of: forged, "payload") == .malformed, "\(length)")
        }
        for more in [[0], [UInt8](repeating: 0, count: 64)] as [[UInt8]] {
            let forged = try changed(signature) { $0 += more }
            #expect(verifier.refusal(of: forged, "payload") == .malformed)
        }
    }

    @Test("attack: armour that holds more than one signature, or is not in its one form")
    func armour() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let verifier = SignatureVerifier(
            allowedSigners: try maker.allowed("ada \(try maker.publicLine(key))"))
        let good = try maker.sign("payload", with: key)
        let body = good.split(separator: "\n").dropFirst().dropLast().joined()
        let begin = "-----BEGIN SSH SIGNATURE-----\n"
        let end = "\n-----END SSH SIGNATURE-----\n"
        #expect(verifier.refusal(of: begin + body + end, "payload") == nil)
        #expect(verifier.refusal(of: "\n " + good + "\n\n", "payload") == nil)
        #expect(
            verifier.refusal(
                of: good.replacingOccurrences(of: "\n", with: "\r\n"), "payload") == nil)
        let long = String(repeating: "A", count: 70_000)
        let bad: [String] = [
            good + good, good + "more", "more\n" + good, begin + end, begin + body,
            begin + body + "=" + end, begin + body.dropLast() + end, begin + "!" + body + end,
            begin + body.prefix(70) + end, begin + long + end,
            "-----BEGIN SSH SIGNATURE-----" + body + end, begin + "Comment: x\n\n" + body + end,
        ]
        for bad in bad {
            #expect(verifier.refusal(of: bad, "payload") != nil, "\(bad)")
        }
    }

    @Test("attack: another's signature, key or text in the place of one's own")
    func mixed() throws {
        let maker = try SignatureMaker()
        let ada = try maker.key(["ed25519"], name: "ada")
        let eve = try maker.key(["ed25519"], name: "eve")
        let verifier = SignatureVerifier(
            allowedSigners: try maker.allowed("ada \(try maker.publicLine(ada))"))
        let adas = try maker.sign("payload", with: ada)
        let eves = try maker.sign("payload", with: eve)
        #expect(verifier.refusal(of: eves, "payload") == .keyNotAllowed)
        // Eve's proof under Ada's key: the parts of both have the same lengths.
        let adaBytes = try Armour.signature.open(adas)
        let mixed = try changed(eves) { bytes in
            let blob = SigningParts.key
            bytes.replaceSubrange(blob, with: adaBytes[blob])
        }
        #expect(verifier.refusal(of: mixed, "payload") == .badSignature)
        #expect(verifier.refusal(of: adas, "payloae") == .badSignature)
        #expect(verifier.refusal(of: adas, "payload\n") == .badSignature)
        #expect(verifier.refusal(of: adas, "") == .badSignature)
        #expect(verifier.refusal(of: adas, "payload") == nil)
    }
}

/// Where the parts of an ed25519 signature for `git` lie.
private enum SigningParts {
    /// Behind the magic word, the version and the length.
    static let key = 14..<65
}
