import Schema
import TestSupport
import Testing

/// Changes of views, triggers, events and sequences that random ones found to go wrong.
@Suite struct ObjectTransitionTests {
    struct Case: Sendable {
        let label: String
        var flavour: ServerProfile.Flavour?
        let from: [String]
        let to: [String]
    }

    private static let t = "CREATE TABLE t (id INT PRIMARY KEY, a INT)"
    private static let u = "CREATE TABLE u (id INT PRIMARY KEY, a INT)"

    private static let cases = [
        // `a` has a column with the name of `v`, which rests on it.
        Case(
            label: "the name of a view is that of a column", from: [t],
            to: [t, "CREATE VIEW a AS SELECT id AS v FROM t", "CREATE VIEW v AS SELECT v FROM a"]),
        // `a` rests on `z` by way of `m`, which stays as it is.
        Case(
            label: "a view rests on another one by way of one that stays",
            from: [
                t, u, "CREATE VIEW z AS SELECT a AS n FROM t", "CREATE VIEW m AS SELECT n FROM z",
                "CREATE VIEW a AS SELECT id FROM u",
            ],
            to: [
                "CREATE TABLE t (id INT PRIMARY KEY)", u, "CREATE VIEW z AS SELECT a AS n FROM u",
                "CREATE VIEW m AS SELECT n FROM z", "CREATE VIEW a AS SELECT n FROM m",
            ]),
        // In `a`, `v` is what WITH names.
        Case(
            label: "a query of a view has the name of a view", from: [t],
            to: [
                t, "CREATE VIEW a AS WITH v AS (SELECT id FROM t) SELECT id FROM v",
                "CREATE VIEW v AS SELECT id FROM a",
            ]),
        Case(
            label: "a trigger moves to another table",
            from: [t, u, "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1"],
            to: [t, u, "CREATE TRIGGER g BEFORE INSERT ON u FOR EACH ROW SET @a = 1"]),
        Case(
            label: "an event that only a replica does not run", from: [t],
            to: [t, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE ON SLAVE DO SET @a = 1"]),
        // MySQL shows a view that broke on the way by other words.
        Case(
            label: "what EXISTS asks for goes, and the view changes",
            from: [
                t, u, "CREATE VIEW v AS SELECT id FROM t WHERE EXISTS (SELECT a FROM u)",
                "CREATE VIEW w AS SELECT id FROM t WHERE NOT EXISTS (SELECT a FROM u)",
            ],
            to: [t, "CREATE VIEW v AS SELECT id FROM t", "CREATE VIEW w AS SELECT a FROM t"]),
        // MySQL does not even show a view whose function has such a name and went before it.
        Case(
            label: "a function goes with its use in a view",
            from: [
                t, "CREATE FUNCTION `begin`() RETURNS INT DETERMINISTIC RETURN 1",
                "CREATE VIEW v AS SELECT id, `begin`() AS a FROM t",
            ],
            to: [t, "CREATE VIEW v AS SELECT id, 2 AS a FROM t"]),
        Case(
            label: "a view gets the name of a sequence that a table used", flavour: .mariadb,
            from: [
                "CREATE SEQUENCE v",
                "CREATE TABLE w (id INT PRIMARY KEY, n BIGINT DEFAULT nextval(v))",
            ],
            to: ["CREATE TABLE w (id INT PRIMARY KEY, n BIGINT)", "CREATE VIEW v AS SELECT 1 AS a"]),
        Case(
            label: "a sequence gets the name of a table", flavour: .mariadb, from: [t, u],
            to: [
                t, "CREATE SEQUENCE u",
                "CREATE TABLE w (id INT PRIMARY KEY, n BIGINT DEFAULT nextval(u))",
            ]),
        Case(
            label: "a sequence has the name of a column that goes", flavour: .mariadb,
            from: [
                "CREATE SEQUENCE s",
                "CREATE TABLE w (id INT PRIMARY KEY, n BIGINT DEFAULT nextval(s), s INT)",
            ],
            to: [
                "CREATE SEQUENCE s",
                "CREATE TABLE w (id INT PRIMARY KEY, n BIGINT DEFAULT nextval(s))",
            ]),
        Case(
            label: "a sequence begins later, with another engine and a comment", flavour: .mariadb,
            from: ["CREATE SEQUENCE s MAXVALUE 40"],
            to: ["CREATE SEQUENCE s MINVALUE 50 MAXVALUE 90 ENGINE=Aria COMMENT 'it''s `'"]),
        // MariaDB 10.11 has no types for sequences, and leaves them out here.
        Case(
            label: "sequences get greater and smaller types", flavour: .mariadb,
            from: [
                "CREATE SEQUENCE a AS tinyint", "CREATE SEQUENCE b",
                "CREATE SEQUENCE c AS int UNSIGNED MINVALUE 5",
            ],
            to: [
                "CREATE SEQUENCE a", "CREATE SEQUENCE b AS smallint CACHE 5",
                "CREATE SEQUENCE c AS tinyint MAXVALUE 100",
            ]),
        Case(
            label: "a table gets the name of a sequence", flavour: .mariadb,
            from: [t, "CREATE SEQUENCE u"], to: [t, u]),
    ]

    @Test(arguments: TestServer.available)
    func leadsToWhatIsMadeByHand(kind: TestServer.Kind) throws {
        let fleet = try TransitionFleet(kind)
        defer { try? fleet.clear() }
        for one in Self.cases where one.flavour == nil || one.flavour == kind.flavour {
            try fleet.add(
                one.label, from: one.from.map(RandomObjects.Item.init),
                to: one.to.map(RandomObjects.Item.init))
        }
        let faults = try fleet.run()
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n\n"))")
    }
}
