import Testing

@testable import Schema

@Suite("attack: what a program may reach is said, however it is written")
struct ObjectReachTests {
    @Test(
        arguments: [
            ("CREATE VIEW v AS SELECT a FROM t", []),
            ("CREATE DEFINER=`root`@`%` VIEW v AS SELECT 1", [.definer("`root`@`%`")]),
            ("CREATE DEFINER=CURRENT_USER VIEW v AS SELECT 1", []),
            ("CREATE VIEW v AS SELECT t.a FROM t JOIN `pay`.`cards` c", [.database("pay")]),
            ("CREATE VIEW v AS SELECT pay . cards . pan FROM t", [.database("pay")]),
            ("CREATE VIEW v AS SELECT pay.decrypt(a) FROM t", [.database("pay")]),
            ("CREATE VIEW v AS SELECT LOAD_FILE ('/x')", [.files]),
            ("CREATE VIEW v AS SELECT 'load_file(' AS `from x.y`", []),
            (
                "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW INSERT INTO audit.log VALUES (NEW.a)",
                [.database("audit")]
            ),
            ("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = OLD.a", []),
            ("CREATE PROCEDURE p() EXECUTE IMMEDIATE CONCAT('DROP ', x)", [.dynamicSQL]),
            ("CREATE PROCEDURE p() BEGIN prepare s FROM @x; EXECUTE s; END", [.dynamicSQL]),
            ("CREATE PROCEDURE p() SELECT 1 INTO OUTFILE '/x'", [.files]),
            ("CREATE PROCEDURE p() GRANT ALL ON *.* TO mallory", [.administration]),
            ("CREATE PROCEDURE p() SET @@global.max_connections = 1", [.administration]),
            ("CREATE PROCEDURE p() BEGIN SET GLOBAL a = 1; CREATE USER m; END", [.administration]),
            ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO CALL other.sweep()", [.database("other")]),
        ] as [(String, [ObjectReach])])
    func reach(text: String, expected: [ObjectReach]) throws {
        let definition = try #require(ObjectDefinition(text: text))
        #expect(definition.reach == expected)
    }
}
