@testable import Desired
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("After an edit a server reads again what the edit concerns")
struct TablesToLoadTests {
    /// Tables by name, with the names that their foreign keys refer to.
    private func tables(_ parents: KeyValuePairs<String, [String]>) throws -> [DesiredTable] {
        try parents.map { name, parents in
            let keys = parents.enumerated().map { index, parent in
                ", FOREIGN KEY (c\(index)) REFERENCES \(parent) (id)"
            }
            let text = "CREATE TABLE \(name) (id int\(keys.joined()))"
            let statement = try #require(
                try SQLScript.statements(in: Array(text.utf8), file: "\(name).sql").first)
            return DesiredTable(
                name: name, text: text, textDigest: Digest(of: text), file: "\(name).sql",
                location: statement.location, source: try #require(statement.table), hints: [])
        }
    }

    struct Case: Sendable {
        let known: Set<String>
        let loaded: [String]
    }

    @Test(
        arguments: [
            // Nothing is known: everything is read.
            Case(known: [], loaded: ["alone", "child", "grandchild", "parent", "uncle"]),
            // A table that nobody refers to is read by itself.
            Case(known: ["child", "grandchild", "parent", "uncle"], loaded: ["alone"]),
            // A parent is read with its children, and with what those refer to besides.
            Case(
                known: ["alone", "child", "grandchild", "uncle"],
                loaded: ["child", "parent", "uncle"]),
            // A child is read with all that it stands on, and its own children.
            Case(
                known: ["alone", "grandchild", "parent", "uncle"],
                loaded: ["child", "grandchild", "parent", "uncle"]),
            // Texts that are known, but not beside each other: all of them.
            Case(
                known: ["alone", "child", "grandchild", "parent", "uncle"],
                loaded: ["alone", "child", "grandchild", "parent", "uncle"]),
        ])
    func loads(_ sample: Case) throws {
        let all = try tables([
            "alone": [], "child": ["parent", "uncle"], "grandchild": ["child"], "parent": [],
            "uncle": [],
        ])
        #expect(TablesToLoad(all, known: sample.known).tables.map(\.name) == sample.loaded)
    }

    @Test("a copy is read beside what it is LIKE")
    func like() throws {
        let texts = [
            "CREATE TABLE a (id int)", "CREATE TABLE b LIKE a", "CREATE TABLE c LIKE b",
            "CREATE TABLE d (id int)",
        ]
        let all = try texts.map { text in
            let statement = try #require(
                try SQLScript.statements(in: Array(text.utf8), file: "t.sql").first)
            guard case .createTable(let name) = statement.kind, let source = statement.table
            else { throw TestSupportError(text) }
            return DesiredTable(
                name: name, text: text, textDigest: Digest(of: text), file: "t.sql",
                location: statement.location, source: source, hints: [])
        }
        #expect(
            TablesToLoad(all, known: ["a", "b", "d"]).tables.map(\.name) == ["a", "b", "c"])
    }

    @Test("a cycle ends")
    func cycle() throws {
        let all = try tables(["a": ["b"], "b": ["a"], "c": []])
        #expect(TablesToLoad(all, known: ["b", "c"]).tables.map(\.name) == ["a", "b"])
    }
}
