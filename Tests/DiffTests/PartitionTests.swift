import Schema
import TestSupport
import Testing

@testable import Diff

@Suite("Partitions change one by one, and no row is lost that was to stay")
struct PartitionTests {
    @Test(arguments: TestServer.available, PartitionCases.all)
    func keepsRows(kind: TestServer.Kind, change: PartitionCase) throws {
        guard kind.flavour == .mariadb || !change.isOnlyMariaDB else { return }
        let server = try ServerPair(kind)
        func table(_ partitions: String) -> String {
            "(\(change.columns))\(partitions.hasPrefix("SYSTEM") ? " WITH SYSTEM VERSIONING" : "")"
                + " PARTITION BY \(partitions)"
        }
        let to = try server.normalised(table(change.to))
        try server.connection.execute("CREATE TABLE t \(table(change.from))")
        let from = try server.show()
        try server.connection.execute(
            "INSERT INTO t VALUES "
                + PartitionCases.rows.map { row in
                    let letter = Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(row)))
                    return "(\(row), '2026-01-\(row)', '\(letter)')"
                }.joined(separator: ", "))

        let alterations = try TableDiff.changes(from: from, to: to, flavour: kind.flavour)
        #expect(alterations.map { Self.plain($0, kind.flavour) } == change.statements)
        for alteration in alterations {
            try server.send(alteration.sql(table: "t", flavour: kind.flavour))
        }
        let reached = try server.show()
        #expect(reached.isEquivalent(to: to), "\(DifferenceLines.lines(from: reached, to: to))")

        // Each row is looked for where its partition should be.
        let found = try PartitionCases.rows.filter { row in
            try server.connection.query("SELECT a FROM t WHERE a = \(row)").first != nil
        }
        #expect(Set(found) == Set(PartitionCases.rows).subtracting(change.gone))
        let check = try server.connection.query("CHECK TABLE t EXTENDED")
        #expect(check.compactMap { $0[3] } == ["OK"])

        let isLoss = try TableDiff.findings(of: alterations, on: from)
            .contains { $0.finding.rule == "drop-partition" && $0.finding.hazard == .irreversible }
        #expect(isLoss == alterations.contains { Self.plain($0, kind.flavour).hasPrefix("DROP") })
        #expect(isLoss || change.gone.isEmpty)
    }

    /// Without quotes and engines, on one line.
    private static func plain(_ alteration: Alteration, _ flavour: ServerProfile.Flavour) -> String
    {
        alteration.sql(table: "t", flavour: flavour).filter { $0 != "`" }
            .replacing("ALTER TABLE t ", with: "").replacing(" ENGINE = InnoDB", with: "")
            .replacing(/\/\*!\d+ | \*\//, with: "")
            .replacing(/\s+COLUMNS\s*\(/, with: " COLUMNS(")
    }

    /// The engine of a table is that of its partitions.
    @Test func partitionsFollowTheEngine() throws {
        let server = try ServerPair()
        let text =
            "(a int) ENGINE=%@ PARTITION BY RANGE (a) SUBPARTITION BY HASH (a) (PARTITION p "
            + "VALUES LESS THAN (10) COMMENT = 'x' (SUBPARTITION s, SUBPARTITION r))"
        let from = try server.normalised(text.replacing("%@", with: "InnoDB"))
        let to = try server.normalised(text.replacing("%@", with: "MyISAM"))
        let alterations = try TableDiff.changes(from: from, to: to)
        #expect(
            alterations.map { $0.sql(table: "t", flavour: .mariadb) }
                == ["ALTER TABLE `t` ENGINE=MyISAM"])
        try server.expect(to, from: from, by: alterations)
    }

    /// A statement that does not fit the table is found before a server sees it.
    @Test(arguments: [
        Clause.addPartitions([Partitioning.Partition(name: "P")]), .growPartitions(1),
        .coalescePartitions(2), .dropPartitions(["x"]), .dropPartitions(["p", "q"]),
        .reorganizePartitions(["q", "p"], into: [Partitioning.Partition(name: "n")]),
        .reorganizePartitions(["p"], into: [Partitioning.Partition(name: "Q")]),
        .reorganizePartitions(["p", "x"], into: [Partitioning.Partition(name: "n")]),
    ])
    func doesNotApply(clause: Clause) {
        let partitions = ["p", "q"].map { Partitioning.Partition(name: $0) }
        let table = Table(
            name: "t", columns: [Column(name: "a", type: "int")],
            partitioning: Partitioning(method: "KEY (`a`)", partitions: partitions))
        #expect(throws: DiffError.self) {
            try table.applying(Alteration(clauses: [clause]))
        }
    }
}
