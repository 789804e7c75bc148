import Schema
import TestSupport
import Testing

@testable import Diff

/// What a diff wrote is read back as what it was; what somebody changed in it is noticed.
@Suite("attack: a statement that is read back leads where its step says")
struct AlterationReaderTests {
    static let flavours: [ServerProfile.Flavour] = [.mariadb, .mysql]

    @Test(arguments: Rounds.seeds(500), flavours)
    func whatWasWrittenIsReadBack(seed: Int, flavour: ServerProfile.Flavour) throws {
        var tables = RandomTables(seed: UInt64(seed))
        let (from, to) = (tables.table(), tables.table())
        let changes = try TableDiff.changes(from: from, to: to, flavour: flavour)
        let reader = AlterationReader(flavour: flavour, target: to)
        for ways in [nil, (Algorithm.inplace, LockMode.none)] {
            let texts = changes.map {
                $0.sql(table: "a`b", flavour: flavour, algorithm: ways?.0, lock: ways?.1)
            }
            #expect(reader.fault(of: texts, from: from) == nil, "\(texts)")
        }
    }

    @Test(arguments: Rounds.seeds(500), flavours)
    func aClauseThatIsMissingIsNoticed(seed: Int, flavour: ServerProfile.Flavour) throws {
        var tables = RandomTables(seed: UInt64(seed))
        let (from, to) = (tables.table(), tables.table())
        let changes = try TableDiff.changes(from: from, to: to, flavour: flavour)
        let reader = AlterationReader(flavour: flavour, target: to)
        for (number, change) in changes.enumerated() {
            for place in change.clauses.indices {
                var other = changes
                other[number].clauses.remove(at: place)
                let leads = try? other.reduce(from) { try $0.applying($1) }.isEquivalent(to: to)
                let texts = other.map { $0.sql(table: "t", flavour: flavour) }
                #expect((reader.fault(of: texts, from: from) == nil) == (leads == true), "\(texts)")
            }
        }
    }

    private static let wanted = """
        CREATE TABLE `t` (
          `id` int(11) NOT NULL,
          `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c'
        ) ENGINE=InnoDB
        """

    static let forgeries = [
        "ALTER TABLE `t` ADD COLUMN `note` varchar(8) DEFAULT NULL",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`'",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c' FIRST",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c', "
            + "ADD COLUMN `more` int(11) DEFAULT NULL",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c', "
            + "MODIFY COLUMN `id` bigint(20) NOT NULL",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c', "
            + "ENGINE=MyISAM",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c', "
            + "ADD KEY `id` (`id`)",
        "ALTER TABLE `t` ADD COLUMN `note` varchar(80) DEFAULT ' AFTER `id`' COMMENT 'a, `b` (c', "
            + "ADD PARTITION PARTITIONS 2",
        "ALTER TABLE `t` CONVERT TO CHARACTER SET latin1",
        "ALTER TABLE `t` FORCE",
        "ALTER TABLE `t` TRUNCATE PARTITION `p0`",
    ]

    @Test(arguments: forgeries) func whatLeadsElsewhereIsNoticed(sql: String) throws {
        let to = try TableParser.parse(Self.wanted, flavour: .mariadb)
        var from = to
        from.columns.removeLast()
        let reader = AlterationReader(flavour: .mariadb, target: to)
        #expect(reader.fault(of: [sql], from: from) != nil)
        let honest = try TableDiff.changes(from: from, to: to)
            .map { $0.sql(table: "t", flavour: .mariadb) }
        #expect(reader.fault(of: honest, from: from) == nil, "\(honest)")
    }
}
