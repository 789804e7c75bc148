/// Changes of one table that were wrong once, or are near to one that was.
enum RowCases {
    static let all = columns + computed + counted + constraints + tables

    /// From one column to another.
    private static let columns = [
        RowCase("int", "bigint NOT NULL"), RowCase("bigint", "int"), RowCase("int", "varchar(3)"),
        RowCase("varchar(20)", "int"), RowCase("char(10)", "varchar(10) NOT NULL DEFAULT 'x'"),
        RowCase("varchar(300)", "varchar(10)"), RowCase("varchar(10)", "char(10)"),
        RowCase("varchar(10)", "varchar(10) CHARACTER SET latin1"),
        RowCase("varbinary(4)", "binary(4)"), RowCase("varchar(10)", "varbinary(10)"),
        RowCase("blob", "text"), RowCase("decimal(6,2)", "decimal(6,1)"),
        RowCase("decimal(20,6)", "double"), RowCase("double", "float"), RowCase("float", "double"),
        RowCase("bit(8)", "int"), RowCase("enum('a','b','1')", "enum('b','a','c','1')"),
        RowCase("enum('a','b')", "varchar(4)"), RowCase("set('a','b')", "set('b','a','x')"),
        RowCase("datetime(3)", "datetime"), RowCase("datetime", "date"),
        RowCase("date", "datetime"), RowCase("time(3)", "time"), RowCase("year", "smallint"),
        RowCase("timestamp NULL", "datetime"), RowCase("datetime", "timestamp NULL"),
        RowCase("int", "int unsigned"), RowCase("text", "varchar(20)"),
    ]

    /// What is computed, and ceases or begins to be.
    private static let computed = [
        RowCase(
            "stored becomes plain", from: "(id int PRIMARY KEY, v int, g int AS (v * 2) STORED)",
            to: "(id int PRIMARY KEY, v int, g int)"),
        RowCase(
            "virtual becomes stored",
            from: "(id int PRIMARY KEY, v int, g bigint AS (v + 1) VIRTUAL)",
            to: "(id int PRIMARY KEY, v int, g bigint AS (v + 1) STORED)"),
        RowCase(
            "plain becomes stored", from: "(id int PRIMARY KEY, v int, g bigint)",
            to: "(id int PRIMARY KEY, v int, g bigint AS (v + 1) STORED)"),
        RowCase(
            "an expression changes",
            from: "(id int PRIMARY KEY, v int, g bigint AS (v + 1) STORED)",
            to: "(id int PRIMARY KEY, v int, g bigint AS (v + 2) STORED)"),
    ]

    /// What a plan has to look at the rows for.
    static let byRows = [
        RowCase(
            "virtual becomes plain",
            from: "(id int PRIMARY KEY, v int, g bigint AS (v * 2) VIRTUAL)",
            to: "(id int PRIMARY KEY, v int, g bigint)"),
        RowCase(
            "virtual becomes plain without its source",
            from: "(id int PRIMARY KEY, v int, g bigint AS (v * 2) VIRTUAL)",
            to: "(id int PRIMARY KEY, g bigint)"),
        RowCase(
            "virtual becomes stored, and overflows",
            from: "(id int PRIMARY KEY, v int, g int AS (v + 1) VIRTUAL)",
            to: "(id int PRIMARY KEY, v int, g int AS (v + 1) STORED)"),
        RowCase(
            "begins to count", from: "(id int PRIMARY KEY, v int)",
            to: "(id int AUTO_INCREMENT PRIMARY KEY, v int)"),
        RowCase("int", "int CHECK (c > 5)"), RowCase("longtext", "json"),
        RowCase(
            "a new column with a check", from: "(id int PRIMARY KEY)",
            to: "(id int PRIMARY KEY, j json NOT NULL, n int NOT NULL CHECK (n > 0))", .mariadb),
        RowCase("binary(4)", "binary(6)"), RowCase("timestamp NULL", "timestamp NOT NULL"),
        RowCase(
            "an engine that keeps nothing", from: "(id int PRIMARY KEY, v int)",
            to: "(id int PRIMARY KEY, v int) ENGINE=BLACKHOLE", .mysql),
        RowCase(
            "NULL in a key that cascades",
            from: "(id int PRIMARY KEY, e int NULL, CONSTRAINT f FOREIGN KEY (e) REFERENCES q (id) "
                + "ON DELETE SET NULL)",
            to: "(id int PRIMARY KEY, e int NOT NULL, CONSTRAINT f FOREIGN KEY (e) REFERENCES q "
                + "(id) ON DELETE CASCADE)",
            parents: ["CREATE TABLE q (id int PRIMARY KEY)"]),
    ]

    /// What counts up.
    private static let counted = [
        RowCase(
            "a greater id", from: "(id int AUTO_INCREMENT PRIMARY KEY, v int)",
            to: "(id bigint AUTO_INCREMENT PRIMARY KEY, v int)"),
        RowCase(
            "no more counting", from: "(id int AUTO_INCREMENT PRIMARY KEY, v int)",
            to: "(id int PRIMARY KEY, v int)"),
        RowCase(
            "another key", from: "(id int AUTO_INCREMENT PRIMARY KEY, v int NOT NULL)",
            to: "(id int AUTO_INCREMENT, v int NOT NULL, PRIMARY KEY (v, id), KEY k (id))"),
    ]

    private static let constraints = [
        RowCase("varchar(20)", "varchar(20)", keys: ("", ", UNIQUE KEY u (c)")),
        RowCase("int", "int NOT NULL", keys: ("", ", KEY k (c)")),
        RowCase("int", "int", keys: ("", ", CONSTRAINT big CHECK (c > 0)")),
        RowCase("int NOT NULL", "int NOT NULL", keys: ("", ", KEY k (c), KEY l (c, id)")),
        RowCase(
            "a new key to a parent", from: "(id int PRIMARY KEY, p int)",
            to: "(id int PRIMARY KEY, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES q (id))",
            parents: ["CREATE TABLE q (id int PRIMARY KEY)"]),
        RowCase(
            "a key stays where its column moves",
            from: "(id int PRIMARY KEY, p int, v text, CONSTRAINT f FOREIGN KEY (p) REFERENCES q "
                + "(id) ON DELETE SET NULL)",
            to:
                "(id int PRIMARY KEY, v text, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES q (id) "
                + "ON DELETE CASCADE)",
            parents: ["CREATE TABLE q (id int PRIMARY KEY)"]),
    ]

    private static let tables = [
        RowCase(
            "a column goes", from: "(id int PRIMARY KEY, v int, w varchar(9))",
            to: "(id int PRIMARY KEY, w varchar(9))"),
        RowCase(
            "columns come", from: "(id int PRIMARY KEY, w varchar(9))",
            to:
                "(id int PRIMARY KEY, a int NOT NULL, w varchar(9), b varchar(9) NOT NULL DEFAULT 'x', "
                + "d datetime)"),
        RowCase(
            "another order and a comment", from: "(id int PRIMARY KEY, v int, w varchar(9))",
            to: "(w varchar(9) COMMENT 'x', id int PRIMARY KEY, v int)"),
        RowCase(
            "partitions come", from: "(id int PRIMARY KEY, v int)",
            to: "(id int PRIMARY KEY, v int) PARTITION BY HASH (id) PARTITIONS 3"),
        RowCase(
            "a partition is split",
            from: "(id int PRIMARY KEY, v int) PARTITION BY RANGE (id) "
                + "(PARTITION p VALUES LESS THAN (3), PARTITION m VALUES LESS THAN MAXVALUE)",
            to: "(id int PRIMARY KEY, v int) PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN "
                + "(3), PARTITION q VALUES LESS THAN (9), PARTITION m VALUES LESS THAN MAXVALUE)"),
        RowCase(
            "a partition goes",
            from: "(id int PRIMARY KEY, v int) PARTITION BY RANGE (id) "
                + "(PARTITION p VALUES LESS THAN (3), PARTITION m VALUES LESS THAN MAXVALUE)",
            to: "(id int PRIMARY KEY, v int) PARTITION BY RANGE (id) (PARTITION m VALUES LESS THAN "
                + "MAXVALUE)"),
        RowCase(
            "another character set",
            from: "(id int PRIMARY KEY, v varchar(20), w text) CHARSET=latin1",
            to: "(id int PRIMARY KEY, v varchar(20), w text) CHARSET=utf8mb4"),
        RowCase(
            "a row format", from: "(id int PRIMARY KEY, d date, v varchar(20))",
            to: "(id int PRIMARY KEY, d date, v varchar(20)) ROW_FORMAT=COMPACT"),
        RowCase(
            "another engine", from: "(id int PRIMARY KEY, v varchar(20)) ENGINE=MyISAM",
            to: "(id int PRIMARY KEY, v varchar(20)) ENGINE=InnoDB"),
    ]
}
