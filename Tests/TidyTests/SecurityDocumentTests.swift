import Foundation
import TestSupport
import Testing

/// docs/security.md says what is promised and which test holds it: both must be there.
@Suite("The promises of docs/security.md")
struct SecurityDocumentTests {
    private static func suites(_ text: String, _ pattern: Regex<(Substring, Substring)>) -> [String]
    {
        text.matches(of: pattern).map { String($0.output.1) }
    }

    @Test("each test that it names is there, and each file of attacks is named")
    func names() throws {
        let named = Set(Self.suites(try Repository.text("docs/security.md"), /`(\w+Tests)`/))
        let files = try Repository.files(below: "Tests", endings: ["Tests.swift"])
        var known: Set<String> = []
        for file in files {
            let own = Self.suites(file.text, /(?:struct|class|enum) (\w+Tests)\b/)
            known.formUnion(own)
            guard file.text.contains("(\"attack: ") || file.text.contains(" \"attack: ") else {
                continue
            }
            #expect(
                !named.isDisjoint(with: own) || own == ["SecurityDocumentTests"],
                "\(file.path) has attacks, and docs/security.md does not name it")
        }
        #expect(named.subtracting(known).sorted() == [])
        #expect(named.count > 30)
    }
}
