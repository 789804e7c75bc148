import Testing

@testable import Schema

@Suite("attack: names with line breaks and control characters")
struct NameCheckTests {
    @Test(
        "attack: found in every place where a table has a name",
        arguments: ["\n", "\t", "\r", "\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{2028}"])
    func everywhere(character: String) {
        for text in [
            "CREATE TABLE `%` (a int)", "CREATE TABLE t (`%` int)",
            "CREATE TABLE t (a int, KEY `%` (a))",
            "CREATE TABLE t (a int, CONSTRAINT `%` CHECK (a > 0))",
            "CREATE TABLE t (a int, CONSTRAINT `%` FOREIGN KEY (a) REFERENCES p (a))",
            "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES `%` (a))",
            "CREATE TABLE t (a int) PARTITION BY RANGE (a) (PARTITION `%` VALUES LESS THAN (1))",
            "CREATE TABLE t (a int) /*!50100 PARTITION BY RANGE (a) "
                + "(PARTITION `%` VALUES LESS THAN (1)) */",
            "CREATE VIEW `%` AS SELECT 1", "CREATE VIEW v AS SELECT 1 AS `%`",
            "CREATE TRIGGER `%` BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
            "CREATE PROCEDURE `%`() SELECT 1",
            "CREATE EVENT `%` ON SCHEDULE EVERY 1 DAY DO SELECT 1",
            "CREATE SEQUENCE `%`",
        ] {
            let found = NameCheck.first(in: text.replacing("%", with: "a\(character)b"))
            #expect(found?.name.hasPrefix("a\\u{") == true, "\(text)")
            #expect(NameCheck.first(in: text.replacing("%", with: "ab")) == nil, "\(text)")
        }
    }

    @Test func whereItStarts() {
        #expect(
            NameCheck.first(in: "CREATE TABLE\n  `a\tb` (a int)")
                == .init(name: "a\\u{9}b", offset: 15))
    }

    @Test("a control character in a text that is no name is none of its business")
    func textsAreFree() {
        #expect(NameCheck.first(in: "CREATE TABLE t (a int COMMENT 'a\nb\tc') -- d\u{1B}") == nil)
        #expect(NameCheck.first(in: "CREATE TABLE `größe` (`表` int)") == nil)
    }

    @Test("attack: what a server shows with such a name is unsupported, and has a digest")
    func live() {
        let table = CatalogTable(
            canonicalText: "CREATE TABLE `a\nb` (\n  `id` int(11) DEFAULT NULL\n) ENGINE=InnoDB",
            flavour: .mariadb)
        #expect(table.table == nil)
        #expect(table.unsupported?.hasPrefix("the name `a\\u{a}b` has a line break") == true)
        let view = CatalogTable(
            canonicalText: "CREATE VIEW `a\tb` AS select 1 AS `1`", flavour: .mariadb)
        #expect(view.unsupported?.contains("`a\\u{9}b`") == true)
    }
}
