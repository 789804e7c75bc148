import Schema
import TestSupport
import Testing

@testable import Diff

@Suite("Which changes of a schema wait for each other")
struct ChangeOrderTests {
    /// `orders>users,items` is a table with a foreign key to each name behind the sign; `+x` gives
    /// it a column, `!MERGE` another engine, `?c` a check of that name; `-` is an absent table.
    private func table(_ word: String) -> Table? {
        guard word != "-" else { return nil }
        let marks = word.split(separator: /(?=[>+!?])/).map(String.init)
        func after(_ sign: Character) -> String? {
            marks.first { $0.first == sign }.map { String($0.dropFirst()) }
        }
        let parents = after(">")?.split(separator: ",").map(String.init) ?? []
        return Table(
            name: marks[0],
            columns: (["id"] + parents.map { "\($0)_id" } + (after("+").map { [$0] } ?? [])).map {
                Column(name: $0, type: "int(11)")
            },
            foreignKeys: parents.map {
                ForeignKey(
                    name: "\(marks[0])_to_\($0)", columns: ["\($0)_id"], referencedTable: $0,
                    referencedColumns: ["id"])
            },
            checks: (after("?").map { [$0] } ?? []).map { Check(name: $0, expression: "1") },
            options: [TableOption(key: "ENGINE", value: after("!") ?? "InnoDB")])
    }

    private func passage(_ words: String) -> ChangeClaims.Passage {
        let parts = words.components(separatedBy: " → ")
        return .init(from: table(parts[0]), to: table(parts[1]))
    }

    /// A change may be of several tables (`a → b & c → d`), or none (`view`).
    private func claims(_ changes: [String], staying: [String]) -> [ChangeClaims] {
        let passages = changes.map { words in
            words.contains("→") ? words.components(separatedBy: " & ").map(passage) : nil
        }
        let live = staying.compactMap(table) + passages.flatMap { $0 ?? [] }.compactMap(\.from)
        return ChangeClaims.claims(of: passages, live: live)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: [String]
        var staying: [String] = []
        /// For each change those that it waits for.
        let needs: [[Int]]
    }

    @Test(
        "what is joined by a key, a name or nothing that is known goes one after another",
        arguments: [
            Case(
                testDescription: "tables of their own",
                changes: ["a → a+x", "- → b", "c → -", "d → d+x"], needs: [[], [], [], []]),
            Case(
                testDescription: "a new child after its new parent, siblings together",
                changes: ["- → p", "- → a>p", "- → b>p", "- → c>a"],
                needs: [[], [0], [0], [1]]),
            Case(
                testDescription: "a child goes before its parent",
                changes: ["a>p → -", "b>p → -", "p → -"], needs: [[], [], [0, 1]]),
            Case(
                testDescription: "both ends of a key that is live only, or wanted only",
                changes: ["a>p → a", "p → p+x", "q → q+x", "b → b>q"],
                needs: [[], [0], [], [2]]),
            Case(
                testDescription: "children of a parent that stays",
                changes: ["a>p → a>p+x", "b>p → b>p+x", "- → c>p"], staying: ["p"],
                needs: [[], [], []]),
            Case(
                testDescription: "keys that come and go hold the parent that they share",
                changes: ["a → a>p", "b>p → b", "c>p → c>p+x"], staying: ["p"],
                needs: [[], [0], [1]]),
            Case(
                testDescription: "parents of one child that stays, but not those that are made",
                changes: ["p → p+x", "q → q+x", "- → r", "- → s"], staying: ["c>p,q"],
                needs: [[], [0], [], []]),
            Case(
                testDescription: "a key that came before its parent",
                changes: ["- → p", "c>q → c>q+x", "- → q"], staying: ["b>p,q"],
                needs: [[], [], [0, 1]]),
            Case(
                testDescription: "names that pass from one to another, whatever their letter case",
                changes: ["a → b", "c → a", "B → d", "e → f"], needs: [[], [0], [0], []]),
            Case(
                testDescription: "a dropped table makes room",
                changes: ["a → -", "- → A", "- → b"], needs: [[], [0], []]),
            Case(
                testDescription: "the name of a check passes on, one that stays concerns nobody",
                changes: ["a?k → a", "b → b?K", "c?m → c?m+x", "- → d?m"],
                needs: [[], [0], [], []]),
            Case(
                testDescription: "what is no table, or is not understood, stands alone",
                changes: ["a → a+x", "b → b+x", "view", "- → c", "- → d", "view", "view"],
                needs: [[], [], [0, 1], [2], [2], [3, 4], [5]]),
            Case(
                testDescription: "an engine that reads other tables",
                changes: ["a → a+x", "m!MRG_MYISAM → m!MRG_MYISAM+x", "b → b+x"],
                needs: [[], [0], [1]]),
            Case(
                testDescription: "tables that change together are one",
                changes: ["a>b → a & b → b+x", "c → c>b", "d → d+x"], needs: [[], [0], []]),
            Case(
                testDescription: "a key to the table itself, and one into another database",
                changes: ["a>a → a>a+x", "b → b+x"], needs: [[], []]),
        ])
    func order(_ sample: Case) {
        let claims = claims(sample.changes, staying: sample.staying)
        let order = ChangeOrder(claims)
        #expect(order.needs(of: claims.count) == sample.needs)
        #expect(order.width(of: claims.count) == claims.count)
    }

    @Test("an order of other changes than those at hand counts for nothing")
    func otherList() {
        let order = ChangeOrder(claims(["a → a+x", "b → b+x"], staying: []))
        #expect(order.needs(of: 3) == [[], [0], [1]])
        #expect(order.width(of: 3) == 1)
        #expect(ChangeOrder.sequence.needs(of: 3) == [[], [0], [1]])
        #expect(ChangeOrder.sequence.needs(of: 0) == [])
        #expect(ChangeOrder([]).width(of: 0) == 0)
    }

    @Test("of any two changes that meet, the later one waits, by way of others or not")
    func everyPair() {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<60 {
            let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
            func word(_ name: String) -> String {
                let parents = names.filter {
                    $0 != name && Int.random(in: 0..<6, using: &random) == 0
                }
                let keys = parents.isEmpty ? "" : ">" + parents.joined(separator: ",")
                return name + keys + (Bool.random(using: &random) ? "+x" : "")
            }
            let changes = names.shuffled(using: &random).map { name in
                ["\(word(name)) → \(word(name))", "- → \(word(name))", "\(word(name)) → -"]
                    .randomElement(using: &random) ?? "view"
            }
            let claims = claims(changes, staying: ["s>a,b", "t>c"])
            let needs = ChangeOrder(claims).needs(of: claims.count)
            var before: [Set<Int>] = []
            for (place, direct) in needs.enumerated() {
                #expect(direct.allSatisfy { $0 < place })
                before.append(direct.reduce(into: Set(direct)) { $0.formUnion(before[$1]) })
                for other in 0..<place {
                    let meets =
                        !claims[place].alone.isDisjoint(
                            with: claims[other].alone.union(claims[other].shared))
                        || !claims[other].alone.isDisjoint(with: claims[place].shared)
                    // What meets nobody waits for nobody.
                    #expect(!meets || before[place].contains(other), "\(changes)")
                    if direct.contains(other) { #expect(meets, "\(changes)") }
                }
            }
        }
    }
}
