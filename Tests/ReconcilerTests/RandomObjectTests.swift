import Schema
import TestSupport
import Testing

/// Views, triggers, routines, events and sequences, from any schema to any other, on real servers.
@Suite struct RandomObjectTests {
    /// Pairs in one schema repository: fewer passes, the same statements.
    private static let most = 12

    @Test(arguments: TestServer.available)
    func reachesRandomObjects(kind: TestServer.Kind) throws {
        let seeds = Rounds.seeds(2)
        for first in stride(from: seeds.lowerBound, to: seeds.upperBound, by: Self.most) {
            try reach(kind, seeds: first..<min(first + Self.most, seeds.upperBound))
        }
    }

    private func reach(_ kind: TestServer.Kind, seeds: Range<Int>) throws {
        let fleet = try TransitionFleet(kind)
        defer { try? fleet.clear() }
        for seed in seeds {
            var random = RandomObjects(seed: seed, flavour: kind.flavour)
            let pair = random.pair()
            try fleet.add("seed \(seed)", from: pair.from, to: pair.to)
        }
        for fault in try fleet.run() { Issue.record("\(fault)") }
    }

    /// Whatever a file says, its statements are read as they were written, and formatting it once
    /// is formatting it twice.
    @Test(arguments: Rounds.seeds(40))
    func filesKeepTheirTexts(seed: Int) throws {
        var random = RandomObjects(seed: seed, flavour: seed.isMultiple(of: 2) ? .mysql : .mariadb)
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed))
        let pair = random.pair()
        let items = pair.from + pair.to
        let file = items.map { TransitionFleet.file($0, &generator) }.joined()
        let formatted = try ScriptFormatter.formatted(Array(file.utf8), file: "f.sql")
        #expect(try ScriptFormatter.formatted(formatted, file: "f.sql") == formatted)
        for bytes in [Array(file.utf8), formatted] {
            let statements = try SQLScript.statements(in: bytes, file: "f.sql")
            #expect(
                statements.compactMap(\.kind.object)
                    == items.map(\.name).filter { $0.kind != .table })
            for (statement, item) in zip(statements, items) where item.name.kind != .table {
                #expect(statement.text == item.text.trimmingTrailingComment, "\(seed)")
                #expect(statement.settings.sqlMode == item.mode)
            }
        }
    }
}

extension String {
    /// Comments behind the last word are no part of a statement.
    fileprivate var trimmingTrailingComment: String {
        replacing(#/\s*-- (?:why|done)$/#, with: "")
    }
}
