import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("A signature that is made here is one for ssh-keygen, too")
struct SigningKeyTests {
    @Test func aPlainKey() throws {
        let workshop = try Workshop()
        let path = try workshop.key(["ed25519"])
        let key = try SigningKey(path: path)
        _ = try workshop.allowed("ada \(try workshop.publicLine(path))")
        for payload in ["", "x", String(repeating: "long ", count: 10_000)] {
            let signature = try key.sign(Array(payload.utf8), namespace: "plumb-approval")
            #expect(
                try workshop.programAccepts(
                    signature, of: payload, namespace: "plumb-approval"))
            #expect(try !workshop.programAccepts(signature, of: payload, namespace: "git"))
            // ed25519 has one signature of a text, and its armour one form.
            #expect(
                signature
                    == (try workshop.sign(payload, with: path, namespace: "plumb-approval")))
        }
    }
}
