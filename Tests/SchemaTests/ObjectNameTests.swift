import Schema
import Testing

@Suite struct ObjectNameTests {
    @Test(arguments: [
        (ObjectName(.table, "orders"), "orders"),
        (ObjectName(.table, "a:b"), "a:b"),
        (ObjectName(.table, "View:x"), "View:x"),
        (ObjectName(.table, "view:x"), "table:view:x"),
        (ObjectName(.table, "table:x"), "table:table:x"),
        (ObjectName(.view, "orders"), "view:orders"),
        (ObjectName(.view, "view:x"), "view:view:x"),
        (ObjectName(.trigger, ""), "trigger:"),
        (ObjectName(.procedure, "é `q`"), "procedure:é `q`"),
        (ObjectName(.sequence, "s"), "sequence:s"),
    ])
    func everyObjectHasAStringOfItsOwn(_ name: ObjectName, _ encoded: String) {
        #expect(name.encoded == encoded)
        #expect(ObjectName(encoded: encoded) == name)
    }

    @Test(arguments: ObjectName.Kind.allCases)
    func kindsNeverMeet(_ kind: ObjectName.Kind) {
        let names = ["x", "view:x", "table:x", "event:view:x", ":x", ""]
        let all = ObjectName.Kind.allCases.flatMap { kind in names.map { ObjectName(kind, $0) } }
        #expect(Set(all.map(\.encoded)).count == all.count)
        for name in names {
            #expect(ObjectName(encoded: ObjectName(kind, name).encoded) == ObjectName(kind, name))
        }
    }

    @Test func peopleReadTheKindFirst() {
        #expect(ObjectName.label("orders", in: "app") == "app.orders")
        #expect(ObjectName.label("view:v", in: "app") == "view app.v")
        #expect(ObjectName.label("table:view:v", in: "app") == "app.view:v")
    }
}
