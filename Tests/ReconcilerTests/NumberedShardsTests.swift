import Desired
@testable import Import
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Import: shards that are numbered are written as a pattern")
struct NumberedShardsTests {
    struct Case: Sendable {
        let names: [String]
        let pattern: String?
    }

    private static func hex(_ numbers: ClosedRange<Int>, _ prefix: String) -> [String] {
        numbers.map { prefix + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    }

    static let cases: [Case] = [
        Case(names: (0...3).map { "s\($0)" }, pattern: "s{0..3}"),
        Case(names: (8...12).map { "s\($0)" }.sorted(), pattern: "s{8..12}"),
        Case(names: (10...15).map { "s_\($0)" }, pattern: "s_{10..15}"),
        Case(names: hex(0...255, "commerce_"), pattern: "commerce_{00..ff}"),
        Case(names: hex(10...15, "shade"), pattern: "shade{0a..0f}"),
        Case(names: hex(9...16, "x"), pattern: nil),
        Case(names: ["a0", "a1", "a2", "a4"], pattern: nil),
        Case(names: ["a0", "a1", "a2"], pattern: nil),
        Case(names: ["a0", "a01", "a2", "a3"], pattern: nil),
        Case(names: ["north", "south", "east", "west"], pattern: nil),
        Case(names: ["a", "a0", "a1", "a2"], pattern: nil),
    ]

    @Test(arguments: cases)
    func patterns(_ sample: Case) throws {
        let shards = sample.names.map { ImportReport.Shard(name: $0, database: $0) }
        #expect(NumberedShards.pattern(of: shards) == sample.pattern)
        guard sample.pattern != nil else { return }
        // What is written stands for exactly these shards.
        let request = ImportRequest(
            server: .tcp(host: "db", port: 3306), databases: [],
            connection: .init(credentials: .user("u", password: .none)), folder: "/",
            workingFolder: "/")
        let text = FleetDraft(request).text([.init(name: "n", shards: shards)])
        let fleet = try Fleet(Array(text.utf8), file: "plumb.yaml")
        let environment = try fleet.selectEnvironment(nil)
        let found = try fleet.resolve(environment) { _, _ in [] }
        #expect(Set(found.map(\.database)) == Set(sample.names))
    }

    @Test func aShardWithAnotherNameThanItsDatabaseIsWrittenOut() {
        let shards = (0...5).map { ImportReport.Shard(name: "s\($0)", database: "t\($0)") }
        #expect(NumberedShards.pattern(of: shards) == nil)
    }

    @Test(arguments: [
        ("plain-1.a/b", "plain-1.a/b"), ("", "\"\""), ("true", "\"true\""), ("1", "\"1\""),
        ("a: b", "\"a: b\""), ("a\"b\\c", "\"a\\\"b\\\\c\""), ("a\nb", "\"a\\u000ab\""),
        ("схема", "\"схема\""), ("-x", "\"-x\""), ("#", "\"#\""),
    ])
    func scalars(text: String, written: String) {
        #expect(YAMLText.scalar(text) == written)
    }
}
