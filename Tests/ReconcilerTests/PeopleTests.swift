import Git
import Testing

@testable import Reconciler

@Suite("attack: one person is one person, however written")
struct PeopleTests {
    private let plain = PeopleFolding()

    @Test(
        "spellings of the same address",
        arguments: [
            "Ada@Example.COM", " ada@example.com ", "ada+plumb@example.com", "<ada@example.com>",
            "Ada Lovelace <ADA@example.com>", "ａｄａ@example.com", "ada@example.com.",
            "a\u{200B}da@example.com", "ada\u{00AD}@example.com", "\u{202E}ada@example.com",
            "ada @example.com", "\"ada\"@example.com", "ada@e\u{FE0F}xample.com",
            "a\u{7}da@exa\u{1B}mple.com",
        ])
    func address(_ spelled: String) {
        #expect(!plain.keys(of: spelled).isDisjoint(with: plain.keys(of: "ada@example.com")))
    }

    @Test(
        "spellings of the same name",
        arguments: [
            ("Ada  Lovelace", "ada lovelace"), ("STRASSE", "Straße"), ("Zoë", "ZOE\u{308}"),
            ("ﬁona", "FIONA"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("K\u{212A}", "kk"), ("Ⅻ", "xii"),
            ("İda", "I\u{307}DA"), ("Ada\u{A0}L", "ada l"), ("ſam", "SAM"),
            ("Ada\tLovelace\n", "ada lovelace"), ("Ad\u{8}a", "ada"),
        ])
    func name(_ left: String, _ right: String) {
        #expect(plain.fold(left) == plain.fold(right))
    }

    @Test("folding twice is folding once", arguments: ["Ada+x@E.com", "ﬀ ß İ ǅ Å", "ᾷ", "ΐ", "Ω"])
    func idempotent(_ text: String) {
        #expect(plain.fold(plain.fold(text)) == plain.fold(text))
    }

    @Test("different people stay different")
    func different() {
        let pairs = [
            ("ada@example.com", "ada@example.org"), ("ada", "adam"), ("+x@e.com", "+y@e.com"),
            ("ada lovelace", "adalovelace"), ("ada+x", "ada+y"),
        ]
        for (left, right) in pairs {
            #expect(plain.keys(of: left).isDisjoint(with: plain.keys(of: right)), "\(left)")
        }
        #expect(plain.keys(of: " \u{200B}\u{202E} ").isEmpty)
    }

    @Test("both addresses of somebody whose name is one")
    func addressAsName() {
        #expect(
            plain.keys(of: "Ada@work.example <ada@home.example>")
                == ["ada@work.example", "ada@home.example"])
    }

    @Test("a tag is part of the address where the operator says so")
    func tags() {
        let strict = PeopleFolding(foldsTags: false)
        #expect(strict.keys(of: "a+b@e.com").isDisjoint(with: strict.keys(of: "a@e.com")))
    }

    @Test("the mailmap adds spellings and takes none away")
    func mailmap() throws {
        let map = try Mailmap(Array("Bob <bob@e.com> <ADA@home.example>\n".utf8))
        let folding = PeopleFolding(mailmaps: [map])
        let keys = folding.keys(of: "Ada <Ada@Home.example>")
        #expect(keys == ["ada", "ada@home.example", "bob", "bob@e.com"])
        // Folding comes before the map as well as after it.
        #expect(folding.keys(of: "ada+x@home.example").contains("bob@e.com"))
    }

    @Test("people who share a spelling are one, also through a third")
    func persons() {
        var persons = DistinctPeople()
        persons.add(["ada", "ada@e.com"])
        persons.add(["bob"])
        #expect(persons.count == 2)
        persons.add([])
        #expect(persons.count == 2)
        persons.add(["ada@e.com", "bob"])
        #expect(persons.count == 1)
    }
}
