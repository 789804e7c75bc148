/// A change of partitions, and the statements for it without names' quotes and engines.
struct PartitionCase: Sendable, CustomStringConvertible {
    let name: String
    var columns = "a int, b date, c varchar(9)"
    let from: String
    let to: String
    let statements: [String]
    /// Rows of ``PartitionCases/rows`` that go, by `a`.
    var gone: Set<Int> = []
    var isOnlyMariaDB = false

    var description: String { name }

    /// The partitions of a range by `a`: `p1 10, p2 20, max`.
    init(
        range from: String, to: String, _ name: String, _ statements: [String],
        gone: Set<Int> = []
    ) {
        self.init(
            name: name, from: "RANGE (a) (\(Self.range(from)))",
            to: "RANGE (a) (\(Self.range(to)))", statements: statements.map(Self.range),
            gone: gone)
    }

    /// The partitions of a list by `a`: `p1 1+5, p2 11`.
    init(
        list from: String, to: String, _ name: String, _ statements: [String],
        gone: Set<Int> = [], isOnlyMariaDB: Bool = false
    ) {
        self.init(
            name: name, from: "LIST (a) (\(Self.list(from)))", to: "LIST (a) (\(Self.list(to)))",
            statements: statements.map(Self.list), gone: gone, isOnlyMariaDB: isOnlyMariaDB)
    }

    init(
        name: String, from: String, to: String, statements: [String], gone: Set<Int> = [],
        isOnlyMariaDB: Bool = false
    ) {
        self.name = name
        self.from = from
        self.to = to
        self.statements = statements
        self.gone = gone
        self.isOnlyMariaDB = isOnlyMariaDB
    }

    private static func range(_ text: String) -> String {
        text.replacing(/([A-Za-z]\w*) (\d+|max)(?=[,)]|$)/) { match in
            "PARTITION \(match.1) VALUES LESS THAN "
                + (match.2 == "max" ? "MAXVALUE" : "(\(match.2))")
        }
    }

    private static func list(_ text: String) -> String {
        text.replacing(/([a-z]\w*) ([\dN][\dN+]*|default)(?=[,)]|$)/) { match in
            if match.2 == "default" { return "PARTITION \(match.1) DEFAULT" }
            let values = match.2.replacing("+", with: ",").replacing("N", with: "NULL")
            return "PARTITION \(match.1) VALUES IN (\(values))"
        }
    }
}

enum PartitionCases {
    /// What `a` is; `b` is that day of January 2026, `c` the same in letters.
    static let rows = [1, 5, 11, 15, 21, 25]

    static let all = ranges + rangeColumns + lists + listDefaults + hashes + histories

    private static let ranges = [
        PartitionCase(
            range: "p1 10, pm max", to: "p1 10, p2 20, p3 30, pm max", "split the open range",
            ["REORGANIZE PARTITION pm INTO (p2 20, p3 30, pm max)"]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30, p4 40", to: "p1 10, p3 30, p4 40", "merge into the next",
            ["REORGANIZE PARTITION p2, p3 INTO (p3 30)"]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30", to: "p1 20, p3 30", "merge the oldest two",
            ["REORGANIZE PARTITION p1, p2 INTO (p1 20)"]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30", to: "q 20, p3 30", "merge the oldest under a new name",
            ["REORGANIZE PARTITION p1, p2 INTO (q 20)"]),
        PartitionCase(
            range: "p1 10, p2 20, pm max", to: "p2 20, p3 30, pm max", "rotate before the open one",
            ["DROP PARTITION p1", "REORGANIZE PARTITION pm INTO (p3 30, pm max)"], gone: [1, 5]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30", to: "p3 30, p4 40, p5 50", "rotate two",
            ["DROP PARTITION p1, p2", "ADD PARTITION (p4 40, p5 50)"], gone: [1, 5, 11, 15]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30", to: "p1 10, p2 20", "the last one goes",
            ["DROP PARTITION p3"], gone: [21, 25]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30", to: "p1 10, p2 15, p3 30", "a bound moves",
            ["REORGANIZE PARTITION p2, p3 INTO (p2 15, p3 30)"]),
        PartitionCase(
            range: "p0 10, p1 20, p2 30", to: "p1 20, p0 30", "a name goes on as the next range",
            ["REORGANIZE PARTITION p0, p1 INTO (p1 20)", "REORGANIZE PARTITION p2 INTO (p0 30)"]),
        PartitionCase(
            range: "p0 10, p1 20, p2 30, p3 40", to: "p0 20, p1 30, p3 40", "names move down",
            ["REORGANIZE PARTITION p0, p1 INTO (p0 20)", "REORGANIZE PARTITION p2 INTO (p1 30)"]),
        PartitionCase(
            range: "p0 20, p1 30, p3 40", to: "p0 10, p1 20, p2 30, p3 40", "names move up",
            ["REORGANIZE PARTITION p1 INTO (p2 30)", "REORGANIZE PARTITION p0 INTO (p0 10, p1 20)"]),
        PartitionCase(
            range: "a 10, b 20, c 30", to: "b 10, a 20, c 30", "names change places",
            ["REORGANIZE PARTITION a, b INTO (b 10, a 20)"]),
        PartitionCase(
            range: "p1 10, p2 20, p3 30", to: "p1 10, q 20, p3 30", "another name",
            ["REORGANIZE PARTITION p2 INTO (q 20)"]),
        PartitionCase(
            range: "p1 10, p2 30", to: "P1 10, p2 30", "the same name in capitals",
            ["REORGANIZE PARTITION p1 INTO (P1 10)"]),
        PartitionCase(
            range: "p1 10, p2 30", to: "p1 10, p2 35", "the last one grows",
            ["REORGANIZE PARTITION p2 INTO (p2 35)"]),
        PartitionCase(
            range: "p1 10, p2 30", to: "p1 10, p2 max", "the last one gets open",
            ["REORGANIZE PARTITION p2 INTO (p2 max)"]),
        PartitionCase(
            range: "p1 10, p2 40", to: "p1 10, p2 30", "the last one shrinks",
            ["PARTITION BY RANGE (a) (p1 10, p2 30)"]),
        PartitionCase(
            range: "p1 10, p2 max", to: "p1 10, p2 30", "the open one is closed",
            ["PARTITION BY RANGE (a) (p1 10, p2 30)"]),
        PartitionCase(
            name: "a comment",
            from: "RANGE (a) (PARTITION p VALUES LESS THAN (10), PARTITION q "
                + "VALUES LESS THAN (30))",
            to: "RANGE (a) (PARTITION p VALUES LESS THAN (10) COMMENT = 'old', PARTITION q VALUES "
                + "LESS THAN (30))",
            statements: [
                "REORGANIZE PARTITION p INTO (PARTITION p VALUES LESS THAN (10) COMMENT = 'old')"
            ]),
        PartitionCase(
            name: "split what has parts",
            from: "RANGE (a) SUBPARTITION BY HASH (a) SUBPARTITIONS "
                + "2 (PARTITION p VALUES LESS THAN (10), PARTITION m VALUES LESS THAN MAXVALUE)",
            to: "RANGE (a) SUBPARTITION BY HASH (a) SUBPARTITIONS 2 (PARTITION p VALUES LESS THAN "
                + "(10), PARTITION q VALUES LESS THAN (20), PARTITION m VALUES LESS THAN MAXVALUE)",
            statements: [
                "REORGANIZE PARTITION m INTO (PARTITION q VALUES LESS THAN (20), PARTITION m "
                    + "VALUES LESS THAN MAXVALUE)"
            ]),
        PartitionCase(
            name: "parts with names",
            from: "RANGE (a) SUBPARTITION BY HASH (a) (PARTITION p "
                + "VALUES LESS THAN (10) (SUBPARTITION p1, SUBPARTITION p2), PARTITION m VALUES "
                + "LESS THAN MAXVALUE (SUBPARTITION m1, SUBPARTITION m2))",
            to: "RANGE (a) SUBPARTITION BY HASH (a) (PARTITION p VALUES LESS THAN (10) "
                + "(SUBPARTITION x1, SUBPARTITION x2), PARTITION m VALUES LESS THAN MAXVALUE "
                + "(SUBPARTITION m1, SUBPARTITION m2))",
            statements: [
                "REORGANIZE PARTITION p INTO (PARTITION p VALUES LESS THAN (10) (SUBPARTITION x1, "
                    + "SUBPARTITION x2))"
            ]),
    ]

    private static func range(_ columns: String, _ bounds: String...) -> String {
        "RANGE COLUMNS (\(columns)) ("
            + bounds.enumerated().map { "PARTITION p\($0) VALUES LESS THAN (\($1))" }
            .joined(separator: ", ") + ")"
    }

    private static let rangeColumns = [
        PartitionCase(
            name: "days are merged", from: range("b", "'2026-01-10'", "'2026-01-20'", "MAXVALUE"),
            to: "RANGE COLUMNS (b) (PARTITION p0 VALUES LESS THAN ('2026-01-10'), PARTITION p2 "
                + "VALUES LESS THAN (MAXVALUE))",
            statements: [
                "REORGANIZE PARTITION p1, p2 INTO (PARTITION p2 VALUES LESS THAN (MAXVALUE))"
            ]),
        PartitionCase(
            name: "the last day moves on", from: range("b", "'2026-01-10'", "'2026-01-30'"),
            to: range("b", "'2026-01-10'", "'2026-01-31'"),
            statements: [
                "REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN ('2026-01-31'))"
            ]),
        PartitionCase(
            name: "texts compare by their collation", from: range("c", "'k'", "'zy'"),
            to: range("c", "'k'", "'zz'"),
            statements: [
                "PARTITION BY RANGE COLUMNS(c) (PARTITION p0 VALUES LESS THAN ('k'), PARTITION p1 "
                    + "VALUES LESS THAN ('zz'))"
            ]),
        PartitionCase(
            name: "several columns",
            from: range("a,b", "10,MAXVALUE", "20,'2026-01-10'", "30,MAXVALUE"),
            to: range("a,b", "10,MAXVALUE", "20,'2026-01-20'", "30,MAXVALUE"),
            statements: [
                "REORGANIZE PARTITION p1, p2 INTO (PARTITION p1 VALUES LESS THAN "
                    + "(20,'2026-01-20'), PARTITION p2 VALUES LESS THAN (30,MAXVALUE))"
            ]),
    ]

    private static let lists = [
        PartitionCase(
            list: "p 1+5, q 11+15, r 21+25", to: "p 1, q 5+11+15, r 21+25", "a value moves",
            ["REORGANIZE PARTITION p, q INTO (p 1, q 5+11+15)"]),
        PartitionCase(
            list: "p 1+5, q 11+15, r 21, s 25", to: "p 1, q 11+15, r 5+21, s 25",
            "a value moves past others",
            ["REORGANIZE PARTITION p, q, r INTO (p 1, q 11+15, r 5+21)"]),
        PartitionCase(
            list: "p 1+5, q 11+15, r 21, s 25", to: "p 1, r 5+21, s 25",
            "a value moves past one that goes",
            ["DROP PARTITION q", "REORGANIZE PARTITION p, r INTO (p 1, r 5+21)"], gone: [11, 15]),
        PartitionCase(
            list: "p 1+5, q 11+15+21+25", to: "q 11+15+21+25, r 7", "one goes, another comes",
            ["DROP PARTITION p", "ADD PARTITION (r 7)"], gone: [1, 5]),
        PartitionCase(
            list: "p 1+5+11+15+21+25", to: "r 7, s N", "all others",
            ["ADD PARTITION (r 7, s N)", "DROP PARTITION p"], gone: [1, 5, 11, 15, 21, 25]),
        PartitionCase(
            list: "p 1+5, q 11+15, r 21+25", to: "pq 1+5+11+15, r 21+25", "merge",
            ["REORGANIZE PARTITION p, q INTO (pq 1+5+11+15)"]),
        PartitionCase(
            list: "p 1+5+11, q 15+21+25", to: "p 1, n 5, p2 11, q 15+21+25", "split",
            ["REORGANIZE PARTITION p INTO (p 1, n 5, p2 11)"]),
        PartitionCase(
            list: "p 1+5, q 11+15+21+25", to: "p 1+5+7+N, q 11+15+21+25", "values come",
            ["REORGANIZE PARTITION p INTO (p N+1+5+7)"]),
        PartitionCase(
            list: "p 1+5+7, q 11+15+21+25", to: "p 1+5, q 11+15+21+25", "a value goes",
            ["PARTITION BY LIST (a) (p 1+5, q 11+15+21+25)"]),
        PartitionCase(
            list: "p 1+5, q 11+15+21+25", to: "q 25+21+15+11, p 5+1", "another order", []),
        PartitionCase(
            name: "texts",
            from: "LIST COLUMNS (c) (PARTITION p VALUES IN ('b','f'), PARTITION q "
                + "VALUES IN ('l','p','v','z'))",
            to: "LIST COLUMNS (c) (PARTITION p VALUES IN ('b'), PARTITION n VALUES IN ('f'), "
                + "PARTITION q VALUES IN ('l','p','v','z'))",
            statements: [
                "REORGANIZE PARTITION p INTO (PARTITION p VALUES IN ('b'), PARTITION n VALUES IN "
                    + "('f'))"
            ]),
        PartitionCase(
            name: "the same texts in capitals, under another name",
            from: "LIST COLUMNS (c) (PARTITION p VALUES IN ('b','f'), PARTITION q VALUES IN "
                + "('l','p','v','z'))",
            to: "LIST COLUMNS (c) (PARTITION q VALUES IN ('l','p','v','z'), PARTITION r VALUES IN "
                + "('B','F'))",
            statements: [
                "PARTITION BY LIST COLUMNS(c) (PARTITION q VALUES IN ('l','p','v','z'), PARTITION "
                    + "r VALUES IN ('B','F'))"
            ]),
        PartitionCase(
            name: "a list of texts goes",
            from: "LIST COLUMNS (c) (PARTITION p VALUES IN ('b','f'), PARTITION q VALUES IN "
                + "('l','p','v','z'))",
            to: "LIST COLUMNS (c) (PARTITION q VALUES IN ('l','p','v','z'))",
            statements: ["DROP PARTITION p"], gone: [1, 5]),
        PartitionCase(
            name: "pairs of values",
            from: "LIST COLUMNS (a,c) (PARTITION p VALUES IN ((1,'b'),"
                + "(5,'f')), PARTITION q VALUES IN ((11,'l'),(15,'p'),(21,'v'),(25,'z')))",
            to: "LIST COLUMNS (a,c) (PARTITION p VALUES IN ((1,'b')), PARTITION n VALUES IN "
                + "((5,'f')), PARTITION q VALUES IN ((11,'l'),(15,'p'),(21,'v'),(25,'z')))",
            statements: [
                "REORGANIZE PARTITION p INTO (PARTITION p VALUES IN ((1,'b')), PARTITION n VALUES "
                    + "IN ((5,'f')))"
            ]),
    ]

    private static let listDefaults = [
        PartitionCase(
            list: "p 1+5, d default", to: "p 1+5, d default, q 11", "a value out of the rest",
            ["PARTITION BY LIST (a) (p 1+5, d default, q 11)"], isOnlyMariaDB: true),
        PartitionCase(
            list: "p 1+5, q 11, r 15, d default", to: "p 1+5, r 15, d default",
            "a partition into the rest",
            ["PARTITION BY LIST (a) (p 1+5, r 15, d default)"], isOnlyMariaDB: true),
        PartitionCase(
            list: "p 1+5+11+15+21+25", to: "p 1+5+11+15+21+25, d default", "a rest comes",
            ["ADD PARTITION (d default)"], isOnlyMariaDB: true),
        PartitionCase(
            list: "p 1+5, d default", to: "p 1+5", "the rest goes",
            ["DROP PARTITION d"], gone: [11, 15, 21, 25], isOnlyMariaDB: true),
        PartitionCase(
            list: "p 1+5, d default", to: "p 1+5, d 11+15+21+25", "the rest is closed",
            ["PARTITION BY LIST (a) (p 1+5, d 11+15+21+25)"], isOnlyMariaDB: true),
    ]

    private static let hashes = [
        PartitionCase(
            name: "more by hash", from: "HASH (a) PARTITIONS 4", to: "HASH (a) PARTITIONS 6",
            statements: ["ADD PARTITION PARTITIONS 2"]),
        PartitionCase(
            name: "fewer by hash", from: "LINEAR HASH (a) PARTITIONS 6",
            to: "LINEAR HASH (a) "
                + "PARTITIONS 4", statements: ["COALESCE PARTITION 2"]),
        PartitionCase(
            name: "more with names", from: "KEY (a) (PARTITION x, PARTITION y)",
            to: "KEY (a) (PARTITION x, PARTITION y, PARTITION z)",
            statements: ["ADD PARTITION (PARTITION z)"]),
        PartitionCase(
            name: "fewer with names", from: "KEY (a) (PARTITION x, PARTITION y, PARTITION z)",
            to: "KEY (a) (PARTITION x)", statements: ["COALESCE PARTITION 2"]),
        PartitionCase(
            name: "other names", from: "KEY (a) (PARTITION x, PARTITION y)",
            to: "KEY (a) (PARTITION x, PARTITION z)",
            statements: ["PARTITION BY KEY (a) (PARTITION x, PARTITION z)"]),
    ]

    private static func history(_ rest: String) -> String { "SYSTEM_TIME \(rest)" }

    private static let histories = [
        PartitionCase(
            name: "more history", from: history("LIMIT 5 PARTITIONS 3"),
            to: history("LIMIT 5 PARTITIONS 4"), statements: ["ADD PARTITION PARTITIONS 1"],
            isOnlyMariaDB: true),
        PartitionCase(
            name: "history rotates",
            from: history(
                "LIMIT 5 (PARTITION x HISTORY, PARTITION y HISTORY, PARTITION n CURRENT)"),
            to: history("LIMIT 5 (PARTITION y HISTORY, PARTITION z HISTORY, PARTITION n CURRENT)"),
            statements: ["DROP PARTITION x", "ADD PARTITION (PARTITION z HISTORY)"],
            isOnlyMariaDB: true),
        PartitionCase(
            name: "history that grows by itself",
            from: history("INTERVAL 1 DAY STARTS '2026-01-01' AUTO PARTITIONS 3"),
            to: history("INTERVAL 1 DAY STARTS '2026-01-01' AUTO PARTITIONS 4"), statements: [],
            isOnlyMariaDB: true),
    ]
}
