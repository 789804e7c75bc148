import Schema
import Testing

@testable import Diff
@testable import TestSupport

/// From any ranges and lists to any others: a row that goes was in a partition that is dropped by
/// name, and a row that stays is found where it belongs.
@Suite struct RandomPartitionTests {
    @Test(arguments: TestServer.available, Rounds.seeds(2))
    func losesNoOtherRow(kind: TestServer.Kind, block: Int) throws {
        let server = try ServerPair(kind)
        var dropped = 0
        for seed in block * 15..<block * 15 + 15 {
            var random = RandomPartitions(seed: UInt64(truncatingIfNeeded: seed))
            let isList = random.generator.chance(40)
            let (from, to) = (random.next(isList: isList), random.next(isList: isList))
            dropped += try change(server, from: from, to: to, "seed \(seed)")
        }
        #expect(block > 0 || dropped > 0, "no partition was dropped at all")
    }

    /// Answers how many rows went with their partitions.
    private func change(
        _ server: ServerPair, from text: String, to other: String, _ label: String
    ) throws -> Int {
        let to = try server.normalised("(a int) PARTITION BY \(other)")
        try server.connection.execute("CREATE TABLE t (a int) PARTITION BY \(text)")
        defer { try? server.connection.execute("DROP TABLE t") }
        let from = try server.show()
        for value in 0..<32 {
            // Some have no partition.
            try? server.connection.execute("INSERT INTO t VALUES (\(value))")
        }
        let before = try rows(server)
        let alterations = try TableDiff.changes(from: from, to: to, flavour: server.flavour)
        var gone: Set<Int> = []
        for alteration in alterations {
            if case .dropPartitions(let names)? = alteration.clauses.first {
                let list = names.map { SQL.identifier($0) }.joined(separator: ", ")
                gone.formUnion(try rows(server, "PARTITION (\(list))"))
            }
            do throws(MySQLError) {
                try server.connection.execute(alteration.sql(table: "t", flavour: server.flavour))
            } catch {
                // A row without a place: it is refused and nothing is lost.
                #expect(error.number == 1526, "\(label): \(error)")
                #expect(try rows(server) == before.subtracting(gone), "\(label)")
                return gone.count
            }
        }
        let after = try server.show()
        #expect(after.isEquivalent(to: to), "\(label): \(text) → \(other)")
        #expect(try rows(server) == before.subtracting(gone), "\(label): \(text) → \(other)")
        for value in before.subtracting(gone) {
            let found = try server.connection.query("SELECT 1 FROM t WHERE a = \(value)")
            #expect(found.count == 1, "\(label): \(value) is hidden: \(text) → \(other)")
        }
        return gone.count
    }

    private func rows(_ server: ServerPair, _ part: String = "") throws -> Set<Int> {
        Set(
            try server.connection.query("SELECT a FROM t \(part)")
                .compactMap { $0[0].flatMap { Int($0) } })
    }
}

/// Partitionings by `a`, of few names and bounds, so that two of them have some in common.
struct RandomPartitions {
    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Mostly each name has its own bound or values; where it has not, rows have to move.
    mutating func next(isList: Bool) -> String {
        let names = ["p", "q", "r", "s", "u", "v"]
        var places = Array(names.indices.shuffled(using: &generator).prefix(4)).sorted()
        if generator.chance(50) { places.removeFirst() }
        var called = places.map { names[$0] }
        if generator.chance(25) { called.shuffle(using: &generator) }
        return isList ? list(called, places) : range(called, places)
    }

    private mutating func range(_ names: [String], _ places: [Int]) -> String {
        let isOpen = generator.chance(40)
        let parts = zip(names, places).enumerated().map { number, part in
            let isLast = isOpen && number == names.count - 1
            return "PARTITION \(part.0) VALUES LESS THAN "
                + (isLast ? "MAXVALUE" : "(\(part.1 * 5 + 5))")
        }
        return "RANGE (a) (\(parts.joined(separator: ", ")))"
    }

    private mutating func list(_ names: [String], _ places: [Int]) -> String {
        var values = places.map { [$0 * 2, $0 * 2 + 1] }
        if generator.chance(40), let moved = values[0].popLast() {
            values[values.count - 1].append(moved)
        }
        let parts = zip(names, values).map { name, values in
            "PARTITION \(name) VALUES IN (\(values.map { "\($0)" }.joined(separator: ",")))"
        }
        return "LIST (a) (\(parts.joined(separator: ", ")))"
    }
}
