import Diff
import Schema
import Testing

@testable import Reconciler

@Suite("What stands beside a table while its change is proved")
struct ProofFixtureTests {
    private static let profile = ServerProfile(
        flavour: .mariadb, version: "10.11.1", sqlMode: "", characterSet: "utf8mb4",
        collation: "utf8mb4_general_ci")

    private static func sequence(_ name: String) -> CatalogTable {
        CatalogTable(
            canonicalText: "CREATE SEQUENCE \(SQL.identifier(name)) start with 1", flavour: .mariadb
        )
    }

    @Test(
        "the sequences that defaults call, and no others",
        arguments: [
            ("nextval(`a`)", ["a"]),
            ("(lastval(`b`) + nextval(`a`))", ["a", "b"]),
            ("nextval(`a``b`)", ["a`b"]),
            ("nextval(`missing`)", []),
            ("interval(`a`,1)", []),
            ("nextval(`a", []),
            ("concat('a')", []),
        ] as [(String, [String])])
    func sequences(expression: String, names: [String]) {
        let known = ["a", "b", "a`b", "unused"]
        var tables: [String: CatalogTable] = [:]
        for name in known {
            tables[ObjectName(.sequence, name).encoded] = Self.sequence(name)
        }
        let fixture = ProofFixture(
            schema: Comparison.Schema(namespace: "n", profile: Self.profile, tables: tables),
            live: .init(digest: Digest(of: ""), tables: [:]), lookup: { _ in nil })
        let table = CatalogTable(
            canonicalText: "CREATE TABLE `t` (\n  `id` int(11) DEFAULT \(expression)\n) "
                + "ENGINE=InnoDB", flavour: .mariadb)
        #expect(
            fixture.sequences(of: [table, nil]).map(\.text)
                == names.map { Self.sequence($0).text })
    }

    @Test("a sequence that git no longer has is there as it is live")
    func live() {
        let name = ObjectName(.sequence, "s").encoded
        let sequence = Self.sequence("s")
        let fixture = ProofFixture(
            schema: Comparison.Schema(namespace: "n", profile: Self.profile, tables: [:]),
            live: .init(digest: Digest(of: ""), tables: [name: sequence.digest]),
            lookup: { $0 == sequence.digest ? sequence : nil })
        let table = CatalogTable(
            canonicalText: "CREATE TABLE `t` (\n  `id` int(11) DEFAULT nextval(`s`)\n)",
            flavour: .mariadb)
        #expect(fixture.sequences(of: [table]).map(\.digest) == [sequence.digest])
    }

    @Test(
        "what is dropped is found by its name as the server compares it",
        arguments: [
            (ObjectName(.table, "Old"), false), (ObjectName(.table, "old"), true),
            (ObjectName(.procedure, "P"), true), (ObjectName(.table, "other"), false),
        ])
    func removals(object: ObjectName, isDropped: Bool) {
        let removal = Planner.Removal(
            retire: [ObjectName(.table, "old"), ObjectName(.procedure, "p")], prunesAll: false)
        let state = Comparison.ObjectState(
            object: object, renamedFrom: nil, standing: TableStanding(status: .retired),
            desired: nil, recorded: nil, observed: nil)
        #expect(removal.drops(on: Self.profile)(state) == isDropped)
    }
}
