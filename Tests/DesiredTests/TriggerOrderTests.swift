import Git
import Schema
import Testing

@testable import Desired

/// What `FOLLOWS` and `PRECEDES` mean before any server is asked.
@Suite struct TriggerOrderTests {
    private let namespace =
        "manage: [tables, triggers]\n    overlays: [{selector: {shard: b}, path: overlays/gold}]"

    private func trigger(_ name: String, _ order: String = "", time: String = "BEFORE INSERT")
        -> String
    { "CREATE TRIGGER \(name) \(time) ON orders FOR EACH ROW \(order) SET @a = 1;\n" }

    private func tree(_ base: String, _ overlay: String = "") -> MemoryTree {
        repository(
            fleetText(namespace: namespace),
            [
                "schema/commerce/g.sql": base,
                "overlays/gold/g.sql": overlay.isEmpty ? "CREATE TABLE x (id int);" : overlay,
            ])
    }

    /// For each distinct schema, its triggers with what they run behind.
    private func orders(_ tree: MemoryTree) throws -> [[String]] {
        try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil, pinned: { _ in tree },
            discovered: { _, _ in [] }
        ).schemas.map { schema in
            try schema.objects.map { object in
                let definition = try #require(ObjectDefinition(text: object.text))
                #expect(definition.orderClause == nil)
                #expect(object.textDigest == Digest(of: object.text))
                return "\(object.name.name) after \(definition.predecessors)"
            }
        }
    }

    @Test("a clause goes to the trigger that runs later, under the name that git has")
    func clauses() throws {
        let text =
            trigger("a", "FOLLOWS B") + trigger("b") + trigger("c", "precedes `b`")
            + trigger("d", "FOLLOWS b") + trigger("e", time: "AFTER INSERT")
        let found = [
            "a after [\"b\"]", "b after [\"c\"]", "c after []", "d after [\"b\"]", "e after []",
        ]
        #expect(try orders(tree(text)) == [found, found])
    }

    @Test("overlays put triggers before and behind those of the base")
    func overlays() throws {
        #expect(
            try orders(tree(trigger("a"), trigger("b", "PRECEDES a") + trigger("c", "FOLLOWS a")))
                == [["a after []"], ["a after [\"b\"]", "b after []", "c after [\"a\"]"]])
    }

    @Test("a trigger that only another overlay has is not there")
    func dangling() {
        let found = validation(
            tree(trigger("a", "FOLLOWS extra"), trigger("extra")))
        #expect(
            found == [
                "schema/commerce/g.sql:1:63: error: the trigger `a` FOLLOWS `extra`, a trigger that "
                    + "`commerce` does not have [dangling-trigger]; define it, or remove FOLLOWS"
            ])
    }

    @Test("an overlay that moves a trigger to another time breaks what names it")
    func otherTime() {
        let found = validation(
            tree(
                trigger("aa") + trigger("b", "FOLLOWS aa"), trigger("aa", time: "AFTER INSERT")))
        #expect(
            found == [
                "schema/commerce/g.sql:2:63: error: the trigger `b` FOLLOWS `aa`, which runs AFTER "
                    + "INSERT ON `orders` [dangling-trigger]; name a trigger of the same table, "
                    + "time and event"
            ])
    }

    private func validation(_ tree: MemoryTree) -> [String] {
        SchemaRepository.validate(tree).map(\.description)
    }
}
