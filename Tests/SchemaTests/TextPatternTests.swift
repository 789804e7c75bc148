import Testing

@testable import Schema

@Suite("Texts that are the same but for their names and comments")
struct TextPatternTests {
    private static let dialect = Dialect(flavour: .mariadb, versionID: 101_119)

    private static func pattern(_ texts: String...) -> TextPattern? {
        TextPattern(texts, dialect: dialect)
    }

    private static let first = """
        CREATE TABLE `t1` (
          `id` int(11) NOT NULL COMMENT 'one',
          `a` varchar(20) DEFAULT 'x',
          PRIMARY KEY (`id`),
          KEY `a` (`a`),
          CONSTRAINT `c` CHECK (`a` <> 'y')
        ) ENGINE=InnoDB COMMENT='it''s one'
        """

    private static let second = """
        CREATE TABLE `orders` (
          `key` int(11) NOT NULL COMMENT 'two',
          `name` varchar(20) DEFAULT 'x',
          PRIMARY KEY (`key`),
          KEY `name` (`name`),
          CONSTRAINT `named` CHECK (`name` <> 'y')
        ) ENGINE=InnoDB COMMENT='2'
        """

    @Test("every name and comment may be another, and a text of one becomes that of the other")
    func alike() throws {
        let alter = [
            "ALTER TABLE `t1` ADD COLUMN `b` int", "ALTER TABLE `orders` ADD COLUMN `c` int",
        ]
        let one = try #require(Self.pattern(Self.first, alter[0]))
        let other = try #require(Self.pattern(Self.second, alter[1]))
        #expect(one.digest == other.digest)
        #expect(one.refilled(Self.first, as: other) == Self.second)
        #expect(other.refilled(Self.second, as: one) == Self.first)
        #expect(
            one.refilled("ALTER TABLE `t1` DROP COLUMN `b`, LOCK=NONE", as: other)
                == "ALTER TABLE `orders` DROP COLUMN `c`, LOCK=NONE")
        // Nobody knows what this is called there.
        #expect(one.refilled("ALTER TABLE `t1` DROP COLUMN `unknown`", as: other) == nil)
        #expect(one.refilled("DROP TABLE `t1", as: other) == nil)
        let third = try #require(Self.pattern(Self.first))
        #expect(one.refilled(Self.first, as: third) == nil)
    }

    @Test(
        "texts that differ in anything else are not alike",
        arguments: [
            ("int(11)", "bigint(20)"), ("NOT NULL", ""), ("DEFAULT 'x'", "DEFAULT 'z'"),
            ("<> 'y'", "> 'y'"), ("ENGINE=InnoDB", "ENGINE=MyISAM"), ("KEY `name`", "KEY `index`"),
            ("`named`", "`name`"), ("`named`", "`Name`"), ("(`name`)", "(`key`)"),
            ("COMMENT 'two'", ""), ("COMMENT 'two'", "COMMENT '2'"),
            ("'2'", "'MERGE_THRESHOLD=40'"),
            ("'2'", "''"), ("`named`", "`FTS_DOC_ID`"), ("`named`", "`primary`"),
        ])
    func different(old: String, new: String) throws {
        let one = try #require(Self.pattern(Self.first))
        let other = try #require(Self.pattern(Self.second.replacing(old, with: new)))
        #expect(one.digest != other.digest)
    }

    @Test("a name is one name in all texts")
    func across() throws {
        let one = try #require(Self.pattern("DROP TABLE `a`", "DROP TABLE `a`"))
        let other = try #require(Self.pattern("DROP TABLE `a`", "DROP TABLE `b`"))
        #expect(one.digest != other.digest)
        #expect(
            try #require(Self.pattern("`a``b`".replacing("``", with: ""), "")).digest
                != (try #require(Self.pattern("`ab`"))).digest)
    }

    @Test(
        "what may mean something else under another name has no pattern",
        arguments: [
            "DROP TABLE `é`", "DROP TABLE `a b`", "DROP TABLE `a``b`", "DROP TABLE `a",
            "CREATE TABLE `t` (`a` time /* mariadb-5.3 */)", "DROP TABLE `a` -- why",
        ])
    func none(_ text: String) {
        #expect(Self.pattern(text) == nil)
    }

    @Test("strings and names end where the session's mode ends them")
    func modes() throws {
        let text = #"ALTER TABLE "t" COMMENT='a\', ADD COLUMN "b" int"#
        let mode = "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"
        let dialect = Dialect(flavour: .mariadb, versionID: 101_119, sqlMode: mode)
        let one = try #require(TextPattern([text], dialect: dialect))
        let other = try #require(
            TextPattern(
                [#"ALTER TABLE "u" COMMENT='', ADD COLUMN "c" int"#.replacing("''", with: "'b'")],
                dialect: dialect))
        #expect(one.digest == other.digest)
        #expect(
            one.refilled(text, as: other) == #"ALTER TABLE "u" COMMENT='b', ADD COLUMN "c" int"#)
        #expect(TextPattern([text], dialect: Self.dialect) == nil)
    }
}
