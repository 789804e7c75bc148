import Schema
import TestSupport
import Testing

@testable import Diff

/// What must hold for every pair of tables.
@Suite struct AlgebraTests {
    @Test(arguments: Rounds.seeds(200)) func nothingToDoForEqualTables(seed: Int) throws {
        var tables = RandomTables(seed: UInt64(seed))
        let table = tables.table()
        #expect(try TableDiff.changes(from: table, to: table).isEmpty)
        #expect(try TableDiff.changes(from: table.canonical, to: table).isEmpty)
        #expect(DifferenceLines.lines(from: table, to: table).isEmpty)
    }

    @Test(arguments: Rounds.seeds(1_000)) func applyingTheDifferenceReachesTheTarget(seed: Int) throws {
        var tables = RandomTables(seed: UInt64(seed))
        let from = tables.table()
        let to = tables.table()
        let alterations = try TableDiff.changes(from: from, to: to)
        let reached = try alterations.reduce(from) { try $0.applying($1) }
        #expect(reached.isEquivalent(to: to))
        #expect(alterations.isEmpty == from.isEquivalent(to: to))
        #expect(
            DifferenceLines.lines(from: from, to: to).isEmpty == from.isEquivalent(to: to))
        let findings = try TableDiff.findings(of: alterations, on: from)
        #expect(Set(findings.map(\.clause)) == Set(alterations.flatMap(\.clauses)))
    }

    @Test(arguments: Rounds.seeds(200)) func canonicalFormIsItsOwnCanonicalForm(seed: Int) {
        var tables = RandomTables(seed: UInt64(seed))
        let table = tables.table()
        #expect(table.canonical.canonical == table.canonical)
        #expect(table.isEquivalent(to: table.canonical))
    }

    @Test func longestRisingRunKeepsMostInPlace() {
        let cases: [([Int], Set<Int>)] = [
            ([], []),
            ([0, 1, 2], [0, 1, 2]),
            ([2, 0, 1], [1, 2]),
            ([3, 0, 1, 2], [1, 2, 3]),
            ([0, 3, 1, 2], [0, 2, 3]),
            ([2, 1, 0], [2]),
        ]
        for (places, run) in cases {
            #expect(ColumnOrder.longestRisingRun(places) == run)
        }
    }
}
