import Foundation
import Model
import TestSupport
import Testing

/// The table of kinds and transitions in `docs/schema-support.md`, row by row, with the program.
@Suite("docs/schema-support.md says what is true")
struct SchemaSupportTests {
    /// The cases of one server with one kind of outcome.
    private static func cases(
        _ kind: TestServer.Kind, _ isWanted: (SupportCase.Outcome) -> Bool
    ) -> [SupportCase] {
        SupportCases.all.filter { $0.runs(on: kind.flavour) && isWanted($0.outcome) }
    }

    // MARK: What is supported

    @Test(
        "supported transitions, there and back, lead to what the server makes of the files",
        arguments: TestServer.available)
    func supported(kind: TestServer.Kind) throws {
        let all = Self.cases(kind) { if case .refused = $0 { false } else { true } }
        let fleet = try SupportFleet(on: .shared(kind))
        try fleet.write(all, \.before)
        try fleet.converge()
        for one in all {
            for statement in one.live { try fleet.run(one.named(statement)) }
        }
        for side in [\SupportCase.after, \SupportCase.back] {
            try fleet.write(all, side)
            let planned = try fleet.plannedTables()
            for one in all {
                guard case .noDifference = one.outcome else { continue }
                #expect(!planned.contains(one.table), "\(one.id) is planned")
            }
            try fleet.converge()
            try fleet.expectOracle(all, side)
            try fleet.expectQuiet()
        }
    }

    // MARK: What is refused

    @Test(
        "what planning refuses is named, and the table is left alone",
        arguments: TestServer.available)
    func refusedByPlanning(kind: TestServer.Kind) throws {
        let all = Self.cases(kind) {
            if case .refused(.planning, _) = $0 { true } else { false }
        }
        // Some refusals are about what cannot be replicated.
        let logging = ["--log-bin=bin", "--server-id=1"]
        let server =
            kind.flavour == .mysql
            ? try TestServer.start(kind, options: logging) : try TestServer.shared(kind)
        let fleet = try SupportFleet(on: server)
        try fleet.write(all, \.before)
        try fleet.converge()
        try fleet.write(all, \.after)
        for one in all { try fleet.expectRefusal(of: one, status: 5) }
    }

    @Test(
        "what the server rejects is named with its file, and nothing changes",
        arguments: TestServer.available)
    func refusedByTheServer(kind: TestServer.Kind) throws {
        let all = Self.cases(kind) { if case .refused(.server, _) = $0 { true } else { false } }
        let fleet = try SupportFleet(on: .shared(kind))
        try fleet.write(all, \.after)
        for one in all { try fleet.expectRefusal(of: one, status: 1) }
    }

    @Test("what a file may not say is named with its place, and nothing changes")
    func refusedByReading() throws {
        for one in Self.cases(
            .mariadb1011,
            {
                if case .refused(.reading, _) = $0 { true } else { false }
            })
        {
            let fleet = try SupportFleet(on: .shared)
            try fleet.write([one], \.after)
            try fleet.expectRefusal(of: one, status: 1)
        }
    }

    // MARK: The document

    /// Rows `| `id` | what | state |` of the document, by id.
    private static func rows() throws -> [String: String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("docs/schema-support.md"), encoding: .utf8)
        var rows: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.replacing("\\|", with: "").split(
                separator: "|", omittingEmptySubsequences: false
            ).map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, let id = cells[1].wholeMatch(of: /`([a-z-]+)`/)?.output.1
            else { continue }
            #expect(rows[String(id)] == nil, "two rows are called \(id)")
            rows[String(id)] = cells[3]
        }
        return rows
    }

    @Test("every row of the document has a case, every case a row, and both say the same")
    func document() throws {
        let rows = try Self.rows()
        #expect(Set(rows.keys) == Set(SupportCases.all.map(\.id)))
        for (id, state) in rows {
            let cases = SupportCases.all.filter { $0.id == id }
            func words(_ flavour: ServerProfile.Flavour) -> Set<String> {
                Set(cases.filter { $0.runs(on: flavour) }.map(\.outcome.word))
            }
            let (mariadb, mysql) = (words(.mariadb), words(.mysql))
            #expect(mariadb.count <= 1 && mysql.count <= 1, "\(id)")
            let first = { (words: Set<String>) in words.first ?? "does not exist" }
            if mariadb == mysql {
                #expect(state.hasPrefix(first(mariadb)), "\(id): \(state)")
            } else {
                #expect(
                    state.hasPrefix("MariaDB: \(first(mariadb))")
                        && state.contains("; MySQL: \(first(mysql))"), "\(id): \(state)")
            }
        }
    }
}
