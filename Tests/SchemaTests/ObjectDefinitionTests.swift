import Schema
import Testing

/// What of a definition counts, and what is left to the server.
@Suite struct ObjectDefinitionTests {
    private static func shown(
        _ text: String, mode: String? = nil, zone: String? = nil, database: String = "shop"
    ) throws -> ObjectDefinition {
        try #require(
            ObjectDefinition(
                shown: text, CreationSettings(sqlMode: mode, timeZone: zone), database: database))
    }

    @Test(arguments: [
        // The definer is left out where the file is silent, and only there.
        (
            "CREATE VIEW v AS SELECT 1",
            "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1",
            "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS select 1"
        ),
        (
            "CREATE DEFINER = CURRENT_USER() VIEW v AS SELECT 1",
            "CREATE DEFINER=`a`@`%` VIEW `v` AS select 1", "CREATE VIEW `v` AS select 1"
        ),
        (
            "CREATE DEFINER=app@'10.%' VIEW v AS SELECT 1",
            "CREATE DEFINER=`a`@`%` VIEW `v` AS select 1",
            "CREATE DEFINER=`a`@`%` VIEW `v` AS select 1"
        ),
        // Words of the body are none of the header.
        (
            "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 'DEFINER=b@c'",
            "CREATE DEFINER=`a`@`%` TRIGGER t BEFORE INSERT ON x FOR EACH ROW "
                + "SET @a = 'DEFINER=b@c'",
            "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 'DEFINER=b@c'"
        ),
        // So is the start of an event.
        (
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM x",
            "CREATE DEFINER=`a`@`%` EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' "
                + "ON COMPLETION NOT PRESERVE ENABLE DO DELETE FROM x",
            "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY ON COMPLETION NOT PRESERVE ENABLE "
                + "DO DELETE FROM x"
        ),
        (
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS NOW() ENDS '2030-01-01' DO SET @x = 1",
            "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01' ENDS '2030-01-01' "
                + "ON COMPLETION NOT PRESERVE ENABLE DO SET @x = 1",
            "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01' ENDS '2030-01-01' "
                + "ON COMPLETION NOT PRESERVE ENABLE DO SET @x = 1"
        ),
        // How it is made is not what it is.
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS int RETURN 1",
            "CREATE OR REPLACE FUNCTION IF NOT EXISTS `f`() RETURNS int(11)\nRETURN 1",
            "CREATE FUNCTION `f`() RETURNS int(11)\nRETURN 1"
        ),
    ])
    func fileDecidesWhatCounts(_ file: String, _ live: String, _ text: String) throws {
        let source = try #require(ObjectDefinition(text: file))
        let definition = try Self.shown(live)
        #expect(definition.omitting(source.omittedClauses).text == text)
        #expect(definition.digests.contains(Digest(of: text)))
        let desired = try #require(ObjectDefinition(text: text))
        #expect(desired.isMet(by: definition))
    }

    @Test func saidDefinerMeansExactlyThat() throws {
        let desired = try Self.shown("CREATE DEFINER=`a`@`%` VIEW `v` AS select 1")
        #expect(!desired.isMet(by: try Self.shown("CREATE DEFINER=`b`@`%` VIEW `v` AS select 1")))
        #expect(desired.isMet(by: desired))
    }

    @Test(arguments: [
        "CREATE PROCEDURE `p`()\nSELECT 1 -- why; */",
        "CREATE PROCEDURE `p`()\nSELECT 1 /* x */ # y",
        "CREATE PROCEDURE `p`()\nSELECT 1\n",
    ])
    func commentsBehindTheEndAreNoPart(live: String) throws {
        #expect(try Self.shown(live).text == "CREATE PROCEDURE `p`()\nSELECT 1")
    }

    @Test func versionCommentAtTheEndIsKept() throws {
        let text = "CREATE PROCEDURE `p`()\nSELECT 1 /*!50000 + 1 */"
        #expect(try Self.shown(text + " -- x").text == text)
    }

    @Test(arguments: [
        ("CREATE DEFINER=`a`@`%` VIEW `v` AS select 1", "`a`@`%`"),
        ("CREATE OR REPLACE DEFINER = app@'10.%' VIEW v AS select 1", "app@'10.%'"),
        ("CREATE DEFINER=CURRENT_USER() VIEW v AS select 1", nil),
        ("CREATE VIEW v AS select 'DEFINER=a@b'", nil),
    ])
    func definer(text: String, definer: String?) throws {
        #expect(try #require(ObjectDefinition(text: text)).definer == definer)
    }

    @Test func sqlModeIsPartOfTheText() throws {
        let text = "CREATE PROCEDURE `p`()\nBEGIN SELECT 1; END"
        let strict = try Self.shown(text, mode: "STRICT_TRANS_TABLES")
        #expect(strict.text == "-- sql_mode: STRICT_TRANS_TABLES\n" + text)
        #expect(strict.create == text)
        #expect(strict.sqlMode == "STRICT_TRANS_TABLES")
        #expect(!strict.isMet(by: try Self.shown(text, mode: "")))
        #expect(CatalogTable(strict, flavour: .mariadb).object == strict)
    }

    @Test func timeZoneIsPartOfAnEventThatSaysIt() throws {
        let text = "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO x"
        let live = try Self.shown(text, mode: "A", zone: "+02:00")
        #expect(live.text == "-- sql_mode: A\n-- time_zone: +02:00\n" + text)
        #expect(live.create == text)
        let silent = try Self.shown(text, mode: "A")
        #expect(live.omitting(silent.omittedClauses) == silent)
        #expect(silent.isMet(by: live))
        #expect(live.digests.contains(Digest(of: silent.text)))
        #expect(!(try Self.shown(text, mode: "A", zone: "SYSTEM")).isMet(by: live))
        #expect(try Self.shown(text, mode: "A", zone: "+02:00").isMet(by: live))
    }

    /// Where nothing is said an event keeps its zone, and a new one has the server's.
    @Test func statementsNameTheTimeZone() throws {
        let profile = ServerProfile(
            flavour: .mariadb, version: "10.11.19", sqlMode: "A", characterSet: "utf8mb4",
            collation: "utf8mb4_general_ci")
        let text = "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO x"
        let silent = try Self.shown(text, mode: "A")
        let loud = try Self.shown(text, mode: "B", zone: "SYSTEM")
        let old = try Self.shown(text, mode: "A", zone: "+02:00")
        #expect(silent.withSettings("s", in: profile) == "-- time_zone: DEFAULT\ns")
        #expect(
            silent.withSettings("s", replacing: old, in: profile) == "-- time_zone: +02:00\ns")
        #expect(
            loud.withSettings("s", replacing: old, in: profile)
                == "-- sql_mode: B\n-- time_zone: SYSTEM\ns")
        let procedure = try Self.shown("CREATE PROCEDURE `p`() x", mode: "A")
        #expect(procedure.withSettings("s", in: profile) == "s")
    }

    @Test(arguments: [
        // The database goes, strings and longer names stay.
        (
            "CREATE VIEW `v` AS select `shop`.`t`.`a` AS `a`,`shop`.`f`(1) AS `b`,'`shop`.' AS `c` "
                + "from `shop`.`t`",
            "CREATE VIEW `v` AS select `t`.`a` AS `a`,`f`(1) AS `b`,'`shop`.' AS `c` from `t`"
        ),
        // An alias of that name is no database.
        (
            "CREATE VIEW `v` AS select `shop`.`a` AS `a`,`shop`.`f`(1) AS `b` from `t` `shop`",
            "CREATE VIEW `v` AS select `shop`.`a` AS `a`,`f`(1) AS `b` from `t` `shop`"
        ),
        (
            "CREATE VIEW `v` AS select `other`.`t`.`shop` AS `x` from `other`.`t`",
            "CREATE VIEW `v` AS select `other`.`t`.`shop` AS `x` from `other`.`t`"
        ),
    ])
    func ownDatabaseIsNotNamed(_ live: String, _ text: String) throws {
        #expect(try Self.shown(live).text == text)
    }

    @Test func replacementsFollowTheServersGrammar() throws {
        let view = try Self.shown("CREATE SQL SECURITY INVOKER VIEW `v` AS select 1")
        let trigger = try Self.shown("CREATE TRIGGER `t` BEFORE INSERT ON x FOR EACH ROW SET @a=1")
        #expect(
            view.replacement(of: view, flavour: .mysql)
                == ["CREATE OR REPLACE SQL SECURITY INVOKER VIEW `v` AS select 1"])
        #expect(
            trigger.replacement(of: trigger, flavour: .mariadb) == [
                "CREATE OR REPLACE TRIGGER `t` BEFORE INSERT ON x FOR EACH ROW SET @a=1"
            ])
        #expect(
            trigger.replacement(of: trigger, flavour: .mysql) == [
                "DROP TRIGGER `t`", "CREATE TRIGGER `t` BEFORE INSERT ON x FOR EACH ROW SET @a=1",
            ])
        // MariaDB replaces no trigger of another table (error 1360).
        let other = try Self.shown("CREATE TRIGGER `t` BEFORE INSERT ON y FOR EACH ROW SET @a=1")
        #expect(
            trigger.replacement(of: other, flavour: .mariadb)
                == trigger.replacement(of: trigger, flavour: .mysql))
    }

    @Test(arguments: [
        ("EVERY 1 DAY DO SET @a = 1", "EVERY 1 DAY DISABLE DO SET @a = 1"),
        ("EVERY 1 DAY ENABLE DO SET @a = 1", "EVERY 1 DAY DISABLE DO SET @a = 1"),
        // Off already, in words that not every server keeps.
        (
            "EVERY 1 DAY DISABLE ON SLAVE DO SET @a = 1",
            "EVERY 1 DAY DISABLE ON SLAVE DO SET @a = 1"
        ),
        (
            "EVERY 1 DAY COMMENT 'ENABLE' DO SET @a = 1",
            "EVERY 1 DAY DISABLE COMMENT 'ENABLE' DO SET @a = 1"
        ),
    ])
    func eventSleepsWhereItMustNotRun(_ file: String, _ asleep: String) throws {
        let event = try #require(ObjectDefinition(text: "CREATE EVENT e ON SCHEDULE " + file))
        #expect(event.disabled.text == "CREATE EVENT e ON SCHEDULE " + asleep)
        #expect(event.disabled.isDisabled)
    }

    @Test(arguments: [
        ("EVERY 1 DAY DO SET @a = 1", "ENABLE"), ("EVERY 1 DAY ENABLE DO SET @a = 1", "ENABLE"),
        ("EVERY 1 DAY DISABLE DO SET @a = 1", "DISABLE ON REPLICA"),
        ("EVERY 1 DAY DISABLE ON SLAVE DO SET @a = 1", "DISABLE ON REPLICA"),
    ])
    func eventGetsItsStatusBack(_ file: String, _ status: String) throws {
        let event = try #require(ObjectDefinition(text: "CREATE EVENT e ON SCHEDULE " + file))
        let copy = try #require(
            ObjectDefinition(text: "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE ON REPLICA DO x")
        )
        #expect(
            copy.withStatus(of: event).text
                == "CREATE EVENT e ON SCHEDULE EVERY 1 DAY \(status) DO x")
    }

    @Test(arguments: [
        ("select 1 AS `a`", []), ("select `t`.`a` AS `v` from `t`", ["t"]),
        ("select `x`.`a` AS `v` from (`t` `x` join `u` `y` on(`x`.`a` = `y`.`w`))", ["t", "u"]),
        (
            "select `f`(`t`.`a`) AS `a` from ((`t` straight_join `u`) left join `w` on(1))",
            [
                "t", "u", "w",
            ]
        ),
        ("select `b` from `other`.`t` union select (select max(`c`.`c`) from `c`) AS `d`", ["c"]),
        ("select `d`.`a` AS `a` from (select `t`.`a` AS `a` from `t`) `d`", ["t"]),
        // What WITH names is no table, but within the query that it names.
        (
            "with `q` as (select 1 AS `a` from `t`), `r` as (select 1 from `q`) select 2 from `r`",
            [
                "t"
            ]
        ),
        ("with `q` as (select 1 AS `a` from `q`) select 1 from `q`", ["q"]),
        // As MariaDB writes it.
        ("with q as (select `t`.`a` AS `a` from `t`)select `q`.`a` AS `a` from `q`", ["t"]),
        ("with `q` (`a`) as (select 1 AS `a` from `q`) select 1 from `q`", ["q"]),
        ("with recursive `q` as (select 1 union select 1 from `q`) select 1 from `q`", []),
        ("select 1 from (with `q` as (select 1) select 1 from `q`) `d` join `q`", ["q"]),
    ])
    func viewTellsWhatItSelectsFrom(_ query: String, _ sources: [String]) throws {
        let view = try Self.shown("CREATE SQL SECURITY DEFINER VIEW `v` (`a`,`t2`) AS " + query)
        #expect(view.sources.sorted() == sources)
    }

    @Test(arguments: [
        ("exists(select (1) from `u`) is true", "exists(select (1) from `u`)"),
        ("(not exists(select 1 from `u`)) is false", "(not exists(select 1 from `u`))"),
        (
            "(exists(select exists(select 1) is true) is true and 1)",
            "(exists(select exists(select 1)) and 1)"
        ),
        // Those stand in views that are whole too.
        ("`t`.`a` in (select 1) is true", "`t`.`a` in (select 1) is true"),
        ("((not exists(select 1)) and (1)) is false", "((not exists(select 1)) and (1)) is false"),
        ("'exists(select 1) is true'", "'exists(select 1) is true'"),
    ])
    func brokenViewIsReadAsItWas(_ shown: String, _ whole: String) {
        let view = "CREATE VIEW `v` AS select 1 AS `a` from `t` where "
        #expect(BrokenView.mended(view + shown) == view + whole)
    }

    @Test(arguments: [
        "CREATE TABLE t (a int)", "DROP VIEW v", "SELECT 1", "CREATE INDEX i ON t (a)", "",
        "CREATE VIEW", "CREATE VIEW v AS SELECT 'never ends",
    ])
    func nothingElseIsAnObject(_ text: String) {
        #expect(ObjectDefinition(text: text) == nil)
    }
}
