import Schema
import Testing

@Suite("What a trigger runs behind")
struct TriggerOrderTests {
    private static let body = "CREATE TRIGGER `g` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1"

    private func live(_ after: [String], mode: String? = "A") throws -> ObjectDefinition {
        try #require(
            ObjectDefinition(
                shown: Self.body, CreationSettings(sqlMode: mode), database: "d", after: after))
    }

    @Test("It is part of the text, sorted, and none of the statement")
    func text() throws {
        let trigger = try live(["b", "a,%", "a\n;", "A"])
        #expect(
            trigger.text
                == "-- sql_mode: A\n-- runs after: A, a%0A;, a%2C%25, b\n" + Self.body)
        #expect(trigger.predecessors == ["A", "a\n;", "a,%", "b"])
        #expect(trigger.create == Self.body && trigger.sqlMode == "A")
        #expect(trigger.running(after: []).text == "-- sql_mode: A\n" + Self.body)
        #expect(try live(["b"], mode: nil).text == "-- runs after: b\n" + Self.body)
        #expect(try live([]).predecessors.isEmpty)
        #expect(CatalogTable(trigger, flavour: .mysql).object == trigger)
    }

    @Test(
        "A live trigger may have more before it than git asks for, and not less",
        arguments: [
            ([], [], true), ([], ["x"], true), (["x"], ["x"], true), (["x"], ["a", "x"], true),
            (["x"], [], false), (["x"], ["a"], false), (["x", "y"], ["x"], false),
        ])
    func meeting(git: [String], live: [String], isMet: Bool) throws {
        let (wanted, found) = (try self.live(git), try self.live(live))
        #expect(wanted.isMet(by: found) == isMet)
        #expect(found.digests.contains(Digest(of: wanted.text)) == isMet)
    }

    @Test("The most demanding order that a live trigger meets is found first")
    func digests() throws {
        let chain = [try live([]), try live(["x"])].map { Digest(of: $0.text) }
        #expect(try live(["a", "x"]).digests.first(where: chain.contains) == chain[1])
        #expect(try live(["a", "b"]).digests.first(where: chain.contains) == chain[0])
        #expect(try live((0..<20).map { "t\($0)" } + ["x"]).digests.contains(chain[1]))
    }

    @Test(
        "FOLLOWS and PRECEDES are read, taken out and put in",
        arguments: [
            ("FOLLOWS x ", true, "x"), ("follows `x y`\n  ", true, "x y"),
            ("PRECEDES /* not */ x ", false, "x"),
        ])
    func clause(written: String, follows: Bool, name: String) throws {
        let text = Self.body.replacing("SET", with: "\(written)SET")
        let trigger = try #require(ObjectDefinition(text: text))
        let clause = try #require(trigger.orderClause)
        #expect(clause.follows == follows && clause.trigger == name)
        let utf8 = Array(text.utf8)
        #expect(
            String(decoding: utf8[clause.offset...], as: UTF8.self).hasPrefix(SQL.identifier(name))
                || String(decoding: utf8[clause.offset...], as: UTF8.self).hasPrefix(name))
        #expect(trigger.createWithoutOrder == Self.body)
        #expect(
            trigger.createFollowing("a`b")
                == Self.body.replacing("SET", with: "FOLLOWS `a``b` SET"))
        #expect(trigger.triggerSlot == TriggerSlot(table: "t", time: "BEFORE INSERT"))
    }

    @Test("A body that says FOLLOWS is no clause")
    func bodies() throws {
        for body in ["SET @follows = 1", "BEGIN SELECT follows FROM x; END"] {
            let trigger = try #require(
                ObjectDefinition(text: Self.body.replacing("SET @a = 1", with: body)))
            #expect(trigger.orderClause == nil)
        }
    }

    @Test("Each comes behind those it has to follow, and else where it was")
    func sequence() throws {
        let triggers = try [("a", ["z"]), ("b", []), ("c", ["a", "gone"]), ("z", ["b"])].map {
            name, after in
            try #require(
                ObjectDefinition(
                    text: Self.body.replacing("`g`", with: SQL.identifier(name)))?
                    .running(after: after))
        }
        #expect(TriggerSequence.sorted(triggers) { $0 }.map(\.name.name) == ["b", "z", "a", "c"])
    }
}
