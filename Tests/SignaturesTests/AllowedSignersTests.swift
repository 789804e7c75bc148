import Basics
import Execution
import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("Allowed signers mean what they mean to ssh-keygen")
struct AllowedSignersTests {
    /// KEY stands for the key that signs, OTHER for another one.
    private static let files = [
        "ada KEY", "ada KEY a comment", "ada\tKEY", "  ada   KEY", "# nobody\n\nada KEY",
        "bob,ada KEY", "a* KEY", "?da KEY", "*,!ada KEY", "!ada,* KEY", "ad KEY", "Ada KEY",
        "a*a,!a?a KEY", "\"ada\" KEY", "\"bob,ada\" KEY", "ada OTHER", "ada OTHER\nada KEY",
        "bob KEY\nada KEY", "ada namespaces=\"git\" KEY", "ada namespaces=\"file\" KEY",
        "ada namespaces=\"g*,!git\" KEY", "ada namespaces=\"file,git\" KEY",
        "ada NAMESPACES=\"git\" KEY", "ada cert-authority KEY",
        "ada valid-after=\"20250101Z\" KEY", "ada valid-before=\"20250101Z\" KEY",
        "ada valid-before=\"20250615150640Z\" KEY", "ada valid-after=\"20250615150640Z\" KEY",
        "ada valid-before=\"20250615150639Z\" KEY", "ada valid-after=\"20250615150641Z\" KEY",
        "ada valid-after=\"202506151506Z\",valid-before=\"202506151507Z\" KEY",
        "ada namespaces=\"git\",valid-before=\"20240101Z\" KEY\nada KEY",
        "ada namespaces=\"git\",valid-before=\"20240101Z\" KEY",
        "ada valid-after=\"20250615\",valid-before=\"20250617\" KEY",
    ]

    @Test func eachFileAllowsTheSame() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let own = try maker.publicLine(key).split(separator: " ").prefix(2)
            .joined(separator: " ")
        let other = try maker.publicLine(try maker.key(["ed25519"], name: "other"))
        let signatures = try ["git", "file"].map {
            ($0, try maker.sign("payload", with: key, namespace: $0))
        }
        var accepted = 0
        for file in Self.files {
            let text = file.replacingOccurrences(of: "KEY", with: own)
                .replacingOccurrences(of: "OTHER", with: other)
            let verifier = SignatureVerifier(allowedSigners: try maker.allowed(text))
            for (namespace, signature) in signatures {
                for principal in ["ada", "bob"] {
                    let theirs = try maker.programAccepts(
                        signature, of: "payload", namespace: namespace, principal: principal)
                    let ours = verifier.refusal(
                        of: signature, "payload", namespace: namespace, principal: principal)
                    #expect(
                        (ours == nil) == theirs,
                        "\(file) \(namespace) \(principal): \(String(describing: ours))")
                    accepted += ours == nil ? 1 : 0
                }
            }
        }
        // 136 cases, of both kinds.
        #expect((40...96).contains(accepted), "\(accepted)")
    }

    @Test func theReasonIsTold() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let line = try maker.publicLine(key)
        let signature = try maker.sign("x", with: key)
        let cases: [(String, String?, SignatureError.Code?)] = [
            ("ada \(line)", nil, nil), ("ada \(line)", "bob", .wrongPrincipal),
            ("", nil, .keyNotAllowed), ("ada cert-authority \(line)", nil, .keyNotAllowed),
            ("ada namespaces=\"file\" \(line)", nil, .wrongNamespace),
            ("ada valid-before=\"20200101Z\" \(line)", nil, .expired),
            ("ada valid-after=\"20300101Z\" \(line)", nil, .notYetValid),
        ]
        for (text, principal, expected) in cases {
            let verifier = SignatureVerifier(allowedSigners: try maker.allowed(text))
            #expect(verifier.refusal(of: signature, "x", principal: principal) == expected)
        }
    }

    @Test func thePersonIsNamedByNamesAlone() throws {
        let maker = try SignatureMaker()
        let key = try maker.key(["ed25519"])
        let line = try maker.publicLine(key)
        let signature = try maker.sign("x", with: key)
        func principals(_ text: String) throws -> [String] {
            try SignatureVerifier(allowedSigners: try maker.allowed(text)).verify(
                payload: Array("x".utf8), signature: signature, namespace: "git",
                at: SignatureMaker.now
            ).principals
        }
        #expect(try principals("ada,a*,!eve,bob \(line)") == ["ada", "bob"])
        #expect(try principals("*@example.com \(line)") == [])
        #expect(try principals("ada,!ada,bob \(line)") == ["bob"])
        #expect(try principals("ada \(line)\nbob,ada \(line)") == ["ada", "bob"])
        // Who may sign for another use only is not this person.
        #expect(try principals("eve namespaces=\"file\" \(line)\nada \(line)") == ["ada"])
    }

    @Test(
        "attack: a file that is not wholly understood allows nobody",
        arguments: [
            ("ada", "there is no key"), ("ada ssh-ed25519", "there is no public key"),
            ("ada ssh-dss AAAA", "neither an option nor a type"),
            ("ada ssh-ed25519 AAAA", "ends too early"), ("ada ssh-ed25519 ???", "not base64"),
            ("ada,,bob KEY", "empty pattern"), (",ada KEY", "empty pattern"),
            ("! KEY", "empty pattern"), ("\"ada KEY", "no end"), ("\"ada\"x KEY", "no end"),
            ("a\"da KEY", "quote inside"), ("ada namespaces=git KEY", "not in quotes"),
            ("ada namespaces=\"git KEY", "no closing quote"), ("ada namespaces KEY", "no value"),
            ("ada namespaces=\"\" KEY", "empty pattern"),
            ("ada namespaces=\"git\"KEY", "followed by"),
            ("ada namespaces=\"git\", KEY", "neither an option"),
            ("ada namespaces=\"a\",namespaces=\"b\" KEY", "twice"),
            ("ada valid-before=\"2025\" KEY", "no date"),
            ("ada valid-before=\"20250230Z\" KEY", "no date"),
            ("ada valid-before=\"2025010124000Z\" KEY", "no date"),
            ("ada valid-before=\"202501012460Z\" KEY", "no date"),
            ("ada valid-after=\"20250102Z\",valid-before=\"20250101Z\" KEY", "not later"),
            ("ada valid-until=\"20250101Z\" KEY", "neither an option"),
            ("ada cert-authority=\"x\" KEY", "neither an option"),
            ("ada no-touch-required KEY", "neither an option"),
            ("a\u{1}da KEY", "control character"), ("ada KEY\rbob KEY", "control character"),
            ("ada \u{301}KEY", "accent"), ("#\u{301} KEY", "accent"),
            ("ada,\u{301}bob KEY", "accent"),
            ("ada ssh-rsa BLOB", "its line says ssh-rsa"),
            ("ada ssh-ed25519-cert-v01@openssh.com AAAA", "neither an option"),
        ])
    func refused(text: String, reason: String) throws {
        let maker = try SignatureMaker()
        let line = try maker.publicLine(try maker.key(["ed25519"]))
        let blob = line.split(separator: " ")[1]
        let filled = text.replacingOccurrences(of: "KEY", with: line)
            .replacingOccurrences(of: "BLOB", with: blob)
        do {
            _ = try AllowedSigners(text: "# first\nada \(line)\n\(filled)\n", file: "signers")
            Issue.record("\(text) was read")
        } catch {
            #expect(error.code == .invalidFile)
            #expect(error.fault.hasPrefix("signers:3: "), "\(error.fault)")
            #expect(error.fault.contains(reason), "\(error.fault)")
        }
    }

    @Test func linesMayEndAsOnOtherSystems() throws {
        let maker = try SignatureMaker()
        let line = try maker.publicLine(try maker.key(["ed25519"]))
        let text = "# first\r\nada \(line)\r\n\r\nzo\u{eb} \(line)\r\n"
        let signers = try AllowedSigners(text: text, file: "signers")
        #expect(signers.entries.map(\.line) == [2, 4])
        #expect(signers.entries.flatMap(\.principals.names) == ["ada", "zo\u{eb}"])
    }

    @Test func datesWithoutAZoneAreLocal() throws {
        let utc = try SignerTime.parse("20250615120000Z")
        #expect(utc.iso == "2025-06-15T12:00:00Z")
        #expect(try SignerTime.parse("202506151200z") == utc)
        #expect(try SignerTime.parse("20250615Z").iso == "2025-06-15T00:00:00Z")
        let local = try SignerTime.parse("20250615120000").secondsSince1970
        let offset = Int64(TimeZone.current.secondsFromGMT(for: utc.date))
        #expect(local == utc.secondsSince1970 - offset)
    }
}

@Suite("Patterns fit as those of ssh do")
struct PatternListTests {
    @Test(arguments: [
        ("*", "", true), ("*", "x", true), ("?", "", false), ("?", "x", true), ("a", "a", true),
        ("a", "A", false), ("a", "ab", false), ("a*", "a", true), ("a*c", "abbc", true),
        ("a*c", "abcd", false), ("*a*b*", "xxayybzz", true), ("*a*b", "xxayybzz", false),
        ("a**b", "ab", true), ("x,a", "a", true), ("!a,*", "a", false), ("*,!a", "b", true),
        ("!a", "b", false), ("é?", "éa", true), ("a?c", "a,c", true),
        (String(repeating: "a*", count: 40) + "b", String(repeating: "a", count: 4000), false),
    ])
    func fits(patterns: String, name: String, expected: Bool) throws {
        #expect(try PatternList(patterns).matches(name) == expected)
    }
}
