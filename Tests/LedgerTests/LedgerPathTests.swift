import Git
import TestSupport
import Testing

@testable import Ledger

@Suite("Any name finds a place in the ledger")
struct LedgerPathTests {
    static let cases: [(name: String, stored: String)] = [
        ("orders", "orders"), ("-40", "-40"), ("80-c0", "80-c0"), ("a/b", "a%2Fb"),
        ("50%", "50%25"), ("%2F", "%252F"), (".", "%2E"), ("..", "%2E."), (".git", "%2Egit"),
        (".GIT", "%2EGIT"), (".gitmodules", "%2Egitmodules"), ("git~1", "git%7E1"),
        ("a.b", "a.b"), ("", "%"), ("%", "%25"), ("a\u{0}b", "a%00b"),
        ("line\nbreak", "line%0Abreak"),
        ("\u{7f}", "%7F"), ("a\\b", "a%5Cb"), ("größe", "größe"), ("表", "表"),
        ("\u{200c}.git", "%E2%80%8C.git"), ("a b", "a b"), ("a:b", "a%3Ab"),
    ]

    @Test(arguments: cases)
    func encodes(name: String, stored: String) {
        #expect(LedgerPath.encode(name) == stored)
        #expect(LedgerPath.decode(stored) == name)
    }

    @Test(arguments: ["", "%2f", "%41", "%4", "%zz", "a%", ".git", "a/b", "%%", "git~1", "%FF"])
    func decodesOnlyWhatItEncodes(text: String) {
        #expect(LedgerPath.decode(text) == nil)
    }

    @Test func everyTableNameRoundTripsThroughGit() throws {
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("aB0_$./%\\ ~:é表😀\u{200c}\u{feff}.git")
        let names = (0..<200).map { _ in
            String(
                (0..<Int.random(in: 1...64, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                })
        }
        let fixture = try LedgerFixture()
        try fixture.ledger.transact(
            "production", actor: LedgerFixture.ada, event: LedgerEvent("noted", subject: "All"),
            time: LedgerFixture.start
        ) { draft in
            for name in names { try draft.set(LedgerPath("t", name), Array(name.utf8)) }
            return .commit
        }
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(Set(try snapshot.list(LedgerPath("t"))) == Set(names))
        for name in names { #expect(try snapshot.read(LedgerPath("t", name)) == Array(name.utf8)) }
        try fixture.git("fsck", "--strict", "--full")
    }
}
