import Foundation
import OnlineCopy
import TestSupport
import Testing

/// Every row of the table of online copies in `docs/schema-support.md`.
@Suite("docs/schema-support.md says what is copied online", .serialized)
struct TableKindTests {
    @Test(arguments: TestServer.available, TableKind.all)
    func itIsCopiedOrRefused(server: TestServer.Kind, kind: TableKind) throws {
        switch kind.outcome(server.flavour) {
        case .copied: try copy(kind, on: server)
        case .refused(let words):
            do {
                try copy(kind, on: server)
                Issue.record("it is copied")
            } catch let failure as CopyFailure {
                #expect("\(failure)".contains(words), "\(failure)")
            }
        case .missing: return
        }
    }

    private func copy(_ kind: TableKind, on server: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            server, kind.definition, becomes: kind.change, renames: kind.renames)
        let root = fixture.root
        for statement in kind.before { try root.execute(statement) }
        let values = { (number: Int) in kind.values.replacing("#", with: "\(number)") }
        try root.execute("CREATE TABLE mirror LIKE t")
        for table in ["t", "mirror"] {
            let rows = (1...30).map { "(\(values($0)))" }.joined(separator: ", ")
            try root.execute("INSERT INTO \(table) VALUES \(rows)")
        }
        let before = try fixture.rows()
        let copy: TableCopy
        do {
            copy = try fixture.copy()
            _ = try copy.work(seconds: 0)
            // What changes meanwhile comes over, too.
            for table in ["t", "mirror"] {
                try root.execute("INSERT INTO \(table) VALUES (\(values(77)))")
                try root.execute("UPDATE \(table) SET a = a + 1 WHERE id = 8")
                try root.execute("DELETE FROM \(table) WHERE id IN (9, 30)")
            }
            try fixture.finish(copy)
        } catch {
            let kept = try fixture.rows()
            #expect(kept.count >= before.count - 1)
            throw error
        }
        #expect(copy.progress.repaired == 0)
        try fixture.cutOver(copy)
        try root.execute("ALTER TABLE mirror \(kind.change)")
        #expect(try fixture.rows() == fixture.rows("mirror"))
        var made = try CopyFixture.model("t", root, server)
        var wanted = fixture.job.to
        // The next number is the one that the table would have given.
        let next = try CopyFixture.model(fixture.job.names.former, root, server).autoIncrement
        if let next { #expect(made.autoIncrement ?? 0 == next || made.autoIncrement == nil) }
        made.autoIncrement = nil
        wanted.autoIncrement = nil
        #expect(made == wanted)
        try fixture.cleanUp(copy)
    }

    // MARK: The document

    /// Rows `| `online-…` | what | state | way round |`, by id.
    private static func rows() throws -> [String: String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("docs/schema-support.md"), encoding: .utf8)
        var rows: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 6, let id = cells[1].wholeMatch(of: /`(online-[a-z-]+)`/)?.output.1
            else { continue }
            #expect(rows[String(id)] == nil, "two rows are called \(id)")
            #expect(cells[4].isEmpty == (cells[3] == "copied"), "\(id) has no way round")
            rows[String(id)] = cells[3]
        }
        return rows
    }

    @Test("every row of the document has a case, every case a row, and both say the same")
    func document() throws {
        let rows = try Self.rows()
        #expect(Set(rows.keys) == Set(TableKind.all.map(\.row)))
        for (id, state) in rows {
            let cases = TableKind.all.filter { $0.row == id }
            func word(_ outcome: TableKind.Outcome) -> String {
                switch outcome {
                case .copied: "copied"
                case .refused: "refused"
                case .missing: "does not exist"
                }
            }
            let mariadb = Set(cases.map { word($0.mariadb) })
            let mysql = Set(cases.map { word($0.mysql) })
            #expect(mariadb.count == 1 && mysql.count == 1, "\(id)")
            let (first, second) = (mariadb.first ?? "", mysql.first ?? "")
            let expected =
                first == second ? first : "MariaDB: \(first); MySQL: \(second)"
            #expect(state == expected, "\(id)")
        }
    }
}
