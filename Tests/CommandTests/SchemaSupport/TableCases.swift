extension SupportCases {
    static let columns: [SupportCase] = [
        SupportCase(
            id: "column-type",
            before: """
                CREATE TABLE {t} (id int PRIMARY KEY, a tinyint, b smallint unsigned, c mediumint,
                  d bigint, e decimal(9,2), f float, g double, h bit(3), i char(3), j varchar(9),
                  k binary(3), l varbinary(9), m tinytext, n text, o mediumtext, p longtext,
                  q tinyblob, r blob, s longblob, t date, u time(3), v datetime, w timestamp NULL,
                  x year, y enum('a','b'), z set('a','b'), ja json, ga geometry, gb point);
                """,
            after: """
                CREATE TABLE {t} (id bigint PRIMARY KEY, a int, b mediumint unsigned, c int,
                  d decimal(20,0), e decimal(12,4), f double, g float, h bit(9), i char(9),
                  j varchar(300), k binary(9), l varbinary(300), m text, n mediumtext, o longtext,
                  p text, q blob, r mediumblob, s blob, t datetime, u time(6), v datetime(3),
                  w timestamp(6) NULL, x smallint, y enum('a','b','c'), z set('a','b','c'),
                  ja json, ga point, gb geometry);
                """),
        SupportCase(
            id: "column-type", on: .mariadb,
            before:
                "CREATE TABLE {t}_m (id int PRIMARY KEY, a uuid, b inet6, c varchar(9) COMPRESSED);",
            after:
                "CREATE TABLE {t}_m (id int PRIMARY KEY, a char(36), b inet6 NOT NULL, c varchar(9));"
        ),
        SupportCase(
            id: "column-type", on: .mysql,
            before:
                "CREATE TABLE {t}_m (id int PRIMARY KEY, a vector(3), b point NOT NULL SRID 4326);",
            after: "CREATE TABLE {t}_m (id int PRIMARY KEY, a vector(9), b point NOT NULL SRID 0);"),
        SupportCase(
            id: "column-attributes",
            before: """
                CREATE TABLE {t} (id int PRIMARY KEY, a int, b int NOT NULL DEFAULT 1 COMMENT 'x',
                  c varchar(9) CHARACTER SET latin1, d varchar(9) COLLATE utf8mb4_bin,
                  e datetime DEFAULT CURRENT_TIMESTAMP, f int, g int INVISIBLE,
                  h varchar(36) DEFAULT (lower('A'))) CHARACTER SET utf8mb4;
                """,
            after: """
                CREATE TABLE {t} (id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL DEFAULT 5,
                  b int COMMENT 'y', c varchar(9) CHARACTER SET utf8mb4, d varchar(9),
                  e datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
                  f int INVISIBLE, g int, h varchar(36) DEFAULT (upper('b')))
                  CHARACTER SET utf8mb4;
                """),
        SupportCase(
            id: "column-order",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, d int);",
            after: "CREATE TABLE {t} (z int, d int, a int PRIMARY KEY, y int, c int, b int);"),
        SupportCase(
            id: "column-add-drop",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int, KEY k (b));",
            after: "CREATE TABLE {t} (a int PRIMARY KEY, c text NOT NULL, d int DEFAULT 1);"),
        SupportCase(
            id: "column-add-random-default",
            before: "CREATE TABLE {t} (a int PRIMARY KEY);",
            after: "CREATE TABLE {t} (a int PRIMARY KEY, b char(36) DEFAULT (uuid()));"),
        SupportCase(
            id: "column-lost-default", on: .mysql,
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int, c varchar(9), d timestamp NULL);",
            live: [
                "ALTER TABLE {t} ALTER b DROP DEFAULT, ALTER c DROP DEFAULT, ALTER d DROP DEFAULT"
            ],
            after: "CREATE TABLE {t} (a int PRIMARY KEY, b int, c varchar(9), d timestamp NULL);"),
        SupportCase(
            id: "column-rename",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, qty int, KEY k (qty));",
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY,
                  quantity int, -- plumb: renamed from qty
                  KEY k (quantity));
                """),
        SupportCase(
            id: "column-rename-in-expression",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, qty int, twice int AS (qty * 2) STORED,
                  CONSTRAINT {t}_positive CHECK (qty > 0));
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY,
                  quantity int, -- plumb: renamed from qty
                  twice int AS (quantity * 2) STORED,
                  CONSTRAINT {t}_positive CHECK (quantity > 0));
                """),
        SupportCase(
            id: "column-rename-in-expression",
            before: "CREATE TABLE {t}_d (a int PRIMARY KEY, qty int, b int DEFAULT (qty + 1));",
            after: """
                CREATE TABLE {t}_d (a int PRIMARY KEY,
                  quantity int, -- plumb: renamed from qty
                  b int DEFAULT (quantity + 1));
                """,
            isReversible: false),
        SupportCase(
            id: "column-rename-in-expression",
            before: """
                CREATE TABLE {t}_k (id int PRIMARY KEY, up int, twice int AS (up * 2) STORED,
                  day date, KEY {t}_twice (twice), CONSTRAINT {t}_up CHECK (up > 0),
                  CONSTRAINT {t}_day CHECK (day > '2020-01-01'),
                  CONSTRAINT {t}_k FOREIGN KEY (up) REFERENCES {t}_k (id));
                """,
            after: """
                CREATE TABLE {t}_k (id int PRIMARY KEY,
                  above int, -- plumb: renamed from up
                  twice int AS (above * 2) STORED,
                  day date, KEY {t}_twice (twice), CONSTRAINT {t}_up CHECK (above > 0),
                  CONSTRAINT {t}_day CHECK (day > '2020-01-01'),
                  CONSTRAINT {t}_k FOREIGN KEY (above) REFERENCES {t}_k (id));
                """,
            isReversible: false),
        SupportCase(
            id: "column-rename-hashed", on: .mariadb,
            before: """
                CREATE TABLE {t} (id int PRIMARY KEY, up int, b text, UNIQUE KEY b (b),
                  CONSTRAINT {t} FOREIGN KEY (up) REFERENCES {t} (id));
                """,
            after: """
                CREATE TABLE {t} (id int PRIMARY KEY,
                  above int, -- plumb: renamed from up
                  b text, UNIQUE KEY b (b),
                  CONSTRAINT {t} FOREIGN KEY (above) REFERENCES {t} (id));
                """,
            outcome: .refused(.planning, "Columns participating in a foreign key are renamed")),
        SupportCase(
            id: "column-drop-in-expression",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, b char(8), c char(8), d int AS (length(b)),
                  e int AS (d + 1), f int DEFAULT 3, CONSTRAINT {t} CHECK (e > 0));
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, c char(8), d int AS (length(c)),
                  e int AS (d + 1), f int DEFAULT 3, CONSTRAINT {t} CHECK (e > 0));
                """),
        SupportCase(
            id: "generated-column",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int AS (a + 1) VIRTUAL,
                  c int AS (a + 2) STORED, d int AS (a + 3) VIRTUAL, e int AS (a + 4) STORED);
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int AS (a + 9) VIRTUAL,
                  c int AS (a + 9) STORED, d int AS (a + 3) STORED, e int,
                  f int AS (a + 5) VIRTUAL);
                """),
    ]

    static let indexes: [SupportCase] = [
        SupportCase(
            id: "index",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int, c varchar(90), d text, e point NOT NULL,
                  UNIQUE KEY u (b), KEY k (c(10)), FULLTEXT KEY f (d), SPATIAL KEY s (e));
                """,
            after: """
                CREATE TABLE {t} (a int, b int NOT NULL, c varchar(90), d text, e point NOT NULL,
                  PRIMARY KEY (b), UNIQUE KEY u (b, a), KEY k (c(20) DESC), KEY renamed (c, b),
                  FULLTEXT KEY f (c) COMMENT 'x');
                """),
        SupportCase(
            id: "index-expression", on: .mysql,
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int, KEY k ((b + 1)));",
            after: "CREATE TABLE {t} (a int PRIMARY KEY, b int, KEY k ((b + 2)), KEY l ((a * b)));"),
        SupportCase(
            id: "index-rename",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int, UNIQUE KEY k (b));",
            after: "CREATE TABLE {t} (a int PRIMARY KEY, b int, UNIQUE KEY l (b));"),
        SupportCase(
            id: "index-visibility", on: .mariadb,
            before:
                "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, KEY k (b), KEY l (c) IGNORED);",
            after:
                "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, KEY k (b) IGNORED, KEY l (c));"),
        SupportCase(
            id: "index-visibility", on: .mysql,
            before:
                "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, KEY k (b), KEY l (c) INVISIBLE);",
            after:
                "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, KEY k (b) INVISIBLE, KEY l (c));"
        ),
        SupportCase(
            id: "index-second-fulltext",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b text, c text);",
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b text, c text, FULLTEXT KEY f (b),
                  FULLTEXT KEY g (c));
                """),
        SupportCase(
            id: "index-order",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, KEY k (b), KEY l (c));",
            after: "CREATE TABLE {t} (a int PRIMARY KEY, b int, c int, KEY l (c), KEY k (b));",
            outcome: .noDifference),
        SupportCase(
            id: "index-clustering",
            before: """
                CREATE TABLE {t} (a int NOT NULL, b int NOT NULL, UNIQUE KEY k (a), UNIQUE KEY l (b));
                """,
            after: """
                CREATE TABLE {t} (a int NOT NULL, b int NOT NULL, UNIQUE KEY l (b), UNIQUE KEY k (a));
                """),
    ]

    static let partitions: [SupportCase] = [
        SupportCase(
            id: "partitions-reorganize",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY RANGE (a) (
                  PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20),
                  PARTITION p2 VALUES LESS THAN (30), PARTITION m VALUES LESS THAN MAXVALUE);
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY RANGE (a) (
                  PARTITION p0 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN (30),
                  PARTITION p3 VALUES LESS THAN (40) COMMENT 'x', PARTITION m VALUES LESS THAN MAXVALUE);
                """),
        SupportCase(
            id: "partitions-narrowed",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY LIST (a) (
                  PARTITION p0 VALUES IN (1, 2), PARTITION p1 VALUES IN (3));
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY LIST (a) (
                  PARTITION p0 VALUES IN (1), PARTITION p1 VALUES IN (3));
                """),
        SupportCase(
            id: "partitions-default",
            on: .mariadb,
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY LIST (a) (
                  PARTITION p0 VALUES IN (1), PARTITION d DEFAULT);
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY LIST (a) (
                  PARTITION p0 VALUES IN (1), PARTITION p1 VALUES IN (2), PARTITION d DEFAULT);
                """),
        SupportCase(
            id: "partitions-count",
            before: "CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 3;",
            after: "CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 5;"),
        SupportCase(
            id: "partitions-history",
            on: .mariadb,
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME
                  LIMIT 9 (PARTITION p0 HISTORY, PARTITION p1 HISTORY, PARTITION n CURRENT);
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME
                  LIMIT 9 (PARTITION p1 HISTORY, PARTITION p2 HISTORY, PARTITION n CURRENT);
                """),
        SupportCase(
            id: "partitions",
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int);",
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int) PARTITION BY RANGE (a)
                  (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
                """),
        SupportCase(
            id: "partitions-repartition",
            before: "CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 3;",
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY LIST (a)
                  (PARTITION p0 VALUES IN (1, 2), PARTITION p1 VALUES IN (3));
                """),
        SupportCase(
            id: "partitions-add-drop",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY RANGE (a)
                  (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20));
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY RANGE (a)
                  (PARTITION p1 VALUES LESS THAN (20), PARTITION p2 VALUES LESS THAN (30));
                """),
        SupportCase(
            id: "sub-partitions",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY RANGE (a)
                  SUBPARTITION BY HASH (a) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (10));
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY) PARTITION BY RANGE (a)
                  SUBPARTITION BY HASH (a) SUBPARTITIONS 3 (PARTITION p0 VALUES LESS THAN (10));
                """),
    ]

    static let options: [SupportCase] = [
        SupportCase(
            id: "table-options",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, b varchar(9)) ENGINE=InnoDB
                  CHARACTER SET latin1 COMMENT 'x' ROW_FORMAT=COMPACT STATS_PERSISTENT=1;
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b varchar(9)) ENGINE=InnoDB
                  CHARACTER SET utf8mb4 COMMENT 'y' ROW_FORMAT=DYNAMIC;
                """),
        SupportCase(
            id: "table-engine",
            before: "CREATE TABLE {t} (a int PRIMARY KEY) ENGINE=MyISAM;",
            after: "CREATE TABLE {t} (a int PRIMARY KEY) ENGINE=InnoDB;"),
        SupportCase(
            id: "auto-increment-value",
            before: "CREATE TABLE {t} (a int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=5;",
            after: "CREATE TABLE {t} (a int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=50;",
            outcome: .noDifference),
        SupportCase(
            id: "system-versioning", on: .mariadb,
            before: "CREATE TABLE {t} (a int PRIMARY KEY, b int) WITH SYSTEM VERSIONING;",
            after: "CREATE TABLE {t} (a int PRIMARY KEY, b bigint, c int) WITH SYSTEM VERSIONING;"),
        SupportCase(
            id: "system-versioning", on: .mariadb,
            before: "CREATE TABLE {t}_on (a int PRIMARY KEY, b int);",
            after: "CREATE TABLE {t}_on (a int PRIMARY KEY, b int) WITH SYSTEM VERSIONING;"),
        SupportCase(
            id: "period", on: .mariadb,
            before: "CREATE TABLE {t} (a int PRIMARY KEY, s date NOT NULL, e date NOT NULL);",
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, s date NOT NULL, e date NOT NULL,
                  PERIOD FOR valid (s, e));
                """),
    ]
}
