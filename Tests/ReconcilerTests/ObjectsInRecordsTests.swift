import Diff
import Foundation
import Model
import Reports
import Schema
import TestSupport
import Testing

/// Releases read each other's plans and records, and an approval is the digest of such bytes: the
/// member is called `table`, and its value is the object's encoded name.
@Suite("Objects in plans and records")
struct ObjectsInRecordsTests {
    private static let shard = ShardID(namespace: "app", shard: "s0")
    private static let a = Digest(of: "a")
    private static let b = Digest(of: "b")

    private static let step = PlanStep(
        kind: .alter, namespace: "app", object: "new", renamedFrom: "table:view:old",
        members: [
            PlanMember(object: "new", renamedFrom: "table:view:old", from: a, to: b),
            PlanMember(object: "child", from: a, to: nil),
        ], shards: ["s0"], from: a, to: b,
        statements: [
            PlanStatement(sql: "1", after: b, tables: [TableDigest(object: "child", digest: nil)])
        ], hazard: .safe, findings: [], cause: PlanCause(kind: .git), differences: [], order: 0)

    private static let stepText =
        #"{"cause":{"kind":"git"},"differences":[],"findings":[],"from":"A","hazard":"safe","#
        + #""kind":"alter","members":[{"from":"A","table":"child"},"#
        + #"{"from":"A","renamedFrom":"table:view:old","table":"new","to":"B"}],"#
        + #""namespace":"app","order":0,"renamedFrom":"table:view:old","shards":["s0"],"#
        + #""statements":[{"after":"B","checksForeignKeys":true,"rebuildsTable":false,"#
        + #""sql":"1","tables":[{"table":"child"}]}],"table":"new","to":"B"}"#

    private func expect<Value: Codable & Equatable>(
        _ value: Value, _ text: String, _ place: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let wanted = text.replacingOccurrences(of: #":"A""#, with: #":"\#(Self.a.hex)""#)
            .replacingOccurrences(of: #":"B""#, with: #":"\#(Self.b.hex)""#)
        let bytes = try CanonicalForm.encode(value)
        #expect(String(decoding: bytes, as: UTF8.self) == wanted, sourceLocation: place)
        let read = try JSONDecoder().decode(Value.self, from: Data(wanted.utf8))
        #expect(read == value, sourceLocation: place)
    }

    @Test("the bytes of steps and of what an approval binds")
    func plans() throws {
        try expect(Self.step, Self.stepText)
        try expect(
            ApprovalBinding(environment: "production", step: Self.step),
            #"{"encoding":1,"environment":"production","from":"A","hazard":"safe","#
                + #""kind":"alter","meaning":[],"namespace":"app","#
                + #""renamedFrom":"table:view:old","shards":["s0"],"table":"new","to":"B"}"#)
        try expect(
            UnsupportedTable(namespace: "app", object: "event:e", shards: ["s0"], reason: "r"),
            #"{"namespace":"app","reason":"r","shards":["s0"],"table":"event:e"}"#)
    }

    @Test("the bytes of operations, refusals and findings")
    func records() throws {
        let key = OperationKey(shard: Self.shard, object: "view:v")
        let keyText = #"{"namespace":"app","shard":"s0","table":"view:v"}"#
        try expect(key, keyText)
        try expect(RefusalRecord(key: key), #"{"key":\#(keyText),"refused":[],"version":1}"#)
        try expect(
            TableFinding(
                namespace: "app", object: "procedure:p", status: .drifted, shards: ["s0"],
                desired: Self.a, recorded: nil, observed: nil),
            #"{"desired":"A","differences":[],"namespace":"app","reads":"git-to-live","#
                + #""shards":["s0"],"status":"drifted","table":"procedure:p"}"#)
        #expect(key.description == "app/s0/view:v")
    }

    @Test("every kind is read as it was written, and sorts by that text")
    func names() throws {
        let texts = [
            "event:e", "function:f", "orders", "procedure:p", "sequence:s", "table:view:t",
        ]
        let names = (texts + ["trigger:t", "view:v"]).map { ObjectName(encoded: $0) }
        for name in names { try expect([name], #"["\#(name.encoded)"]"#) }
        #expect(names.shuffled().sorted() == names)
        #expect(names.map(\.encoded).sorted() == names.map(\.encoded))
    }

    @Test("the digest of several objects is one of their encoded names")
    func digests() {
        let digests: [ObjectName: Digest?] = ["view:v": Self.a, "orders": Digest?.none]
        #expect(
            PlanStep.digest(of: digests)
                == Digest(of: "orders\u{0}absent\nview:v\u{0}\(Self.a.hex)\n"))
    }
}
