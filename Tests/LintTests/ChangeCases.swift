/// Pairs of texts for one table `t`.
enum ChangeCases {
    struct Change {
        let old: String
        let new: String
        /// `line:column level rule`, in order.
        let findings: [String]
    }

    /// What foreign keys refer to.
    static let parent =
        "CREATE TABLE p (id int PRIMARY KEY, big bigint, name varchar(20), UNIQUE (big), UNIQUE (name))"

    private static func change(_ old: String, _ new: String, _ findings: String...) -> Change {
        Change(old: "CREATE TABLE t \(old)", new: "CREATE TABLE t \(new)", findings: findings)
    }

    static let changes = columns + types + texts + keys + rest

    private static let columns = [
        change("(a int, b int)", "(a int)", "1:14 error drop-column"),
        change("(a int)", "(a int, b int)"),
        change("(a int)", "(a int, b int NOT NULL)"),
        change(
            "(a int)", "(\n  a int,\n  b int AS (a + 1) STORED)", "3:3 warning add-computed-column"),
        change("(a int)", "(a int, b int AS (a + 1) VIRTUAL)"),
        change("(a int, b int AS (a + 1) VIRTUAL)", "(a int)"),
        change("(a int, b int AS (a + 1) STORED)", "(a int)", "1:14 error drop-column"),
        change(
            "(a int, b int AS (a + 1) STORED)", "(a int, b int AS (a + 2) STORED)",
            "1:24 warning change-expression"),
        change(
            "(a int, b int AS (a + 1) STORED, UNIQUE (b))",
            "(a decimal(12,1), b int AS (a + 1) STORED, UNIQUE (b))", "1:17 warning widen-type",
            "1:17 error change-expression"),
        change("(a int, b int AS (a + 1) VIRTUAL)", "(a int, b int AS (a + 2) VIRTUAL)"),
        change(
            "(a int, b int)", "(a int, b int AS (a + 2) STORED)", "1:24 error generate-column"),
        change(
            "(a int, b int AS (a + 2) STORED)", "(a int, b int)", "1:24 warning ungenerate-column"),
        change("(a int)", "(a int NOT NULL)", "1:17 error forbid-null"),
        change("(a int NOT NULL)", "(a int)"),
        change("(a int)", "(a int DEFAULT 5 COMMENT 'five')"),
        change("(a int, b int)", "(b int, a int)"),
        change(
            "(a int)", "(b int -- plumb: renamed from a\n)", "1:17 warning rename-column"),
        change(
            "(a int)", "(b smallint NOT NULL -- plumb: renamed from a\n)",
            "1:17 warning rename-column", "1:17 error narrow-type", "1:17 error forbid-null"),
        change(
            "(a int NOT NULL, PRIMARY KEY (a))",
            "(a int NOT NULL AUTO_INCREMENT, PRIMARY KEY (a))", "1:17 warning add-auto-increment"),
        change("(a timestamp NULL)", "(a timestamp NOT NULL)", "1:17 error forbid-null"),
        change(
            "(a int)", "(a int, b int NOT NULL DEFAULT 1 CHECK (b > 0))", "1:24 error add-check"),
    ]

    private static let types = [
        change("(a int)", "(a bigint)", "1:17 warning widen-type"),
        change("(a int)", "(a smallint)", "1:17 error narrow-type"),
        change("(a int)", "(a int unsigned)", "1:17 error narrow-type"),
        change("(a int)", "(a decimal(12,2))", "1:17 warning widen-type"),
        change("(a decimal(12,2))", "(a decimal(10,2))", "1:17 error narrow-type"),
        change("(a decimal)", "(a numeric(11))", "1:17 warning widen-type"),
        change("(a double)", "(a float)", "1:17 error narrow-type"),
        change("(a float(20))", "(a float(30))", "1:17 error convert-type"),
        change("(a binary(4))", "(a binary(6))", "1:17 error convert-type"),
        change("(a int)", "(a date)", "1:17 error convert-type"),
        change("(a datetime)", "(a datetime(3))", "1:17 warning widen-type"),
        change("(a datetime(3))", "(a datetime)", "1:17 error narrow-type"),
        change("(a datetime)", "(a date)", "1:17 error convert-type"),
        change("(a bit(4))", "(a bit(3))", "1:17 error narrow-type"),
        change("(a blob(100))", "(a blob(300))", "1:17 warning widen-type"),
        change("(a blob(300))", "(a blob(100))", "1:17 error narrow-type"),
        change("(a varbinary(10))", "(a varbinary(20))"),
        change("(a varbinary(200))", "(a varbinary(300))", "1:17 warning widen-type"),
        change("(a varbinary(20))", "(a binary(20))", "1:17 error narrow-type"),
    ]

    private static let utf8mb4 = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"

    private static let texts = [
        change("(a varchar(100))", "(a varchar(90))", "1:17 error narrow-type"),
        change("(a varchar(300))", "(a varchar(400))"),
        change(
            "(a varchar(60)) CHARSET=utf8mb4", "(a varchar(70)) CHARSET=utf8mb4",
            "1:17 warning widen-type"),
        change("(a varchar(60)) CHARSET=latin1", "(a varchar(70)) CHARSET=latin1"),
        change("(a text)", "(a mediumtext)", "1:17 warning widen-type"),
        change("(a char(10))", "(a varchar(10))", "1:17 warning widen-type"),
        change("(a varchar(10))", "(a char(10))", "1:17 error narrow-type"),
        change("(a enum('x','y'))", "(a enum('x','y','z'))"),
        change("(a enum('x','y'))", "(a enum('x'))", "1:17 error remove-members"),
        change("(a enum('x','y'))", "(a enum('y','x'))", "1:17 error reorder-members"),
        change(
            "(a set('1','2','3','4','5','6','7','8'))",
            "(a set('1','2','3','4','5','6','7','8','9'))", "1:17 warning append-members"),
        change("(a enum('x','y'))", "(a varchar(10))", "1:17 warning widen-type"),
        change(
            "(a varchar(10) CHARACTER SET latin1)", "(a varchar(10) CHARACTER SET utf8mb4)",
            "1:17 error convert-character-set"),
        change(
            "(a varchar(10)) CHARSET=latin1", "(a varchar(10)) CHARSET=utf8mb4",
            "1:17 error convert-character-set"),
        change("(a int) CHARSET=latin1", "(a int) CHARSET=utf8mb4"),
        change(
            "(a varchar(10) \(utf8mb4))",
            "(a varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)",
            "1:17 warning change-collation"),
        change(
            "(a varchar(10) \(utf8mb4), UNIQUE (a))",
            "(a varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, UNIQUE (a))",
            "1:17 error change-collation"),
        change("(a varchar(60))", "(a varchar(62))"),
        change("(a varchar(62))", "(a varchar(60))", "1:17 error narrow-type"),
    ]

    private static let keys = [
        change("(a int)", "(a int,\n  KEY (a))"),
        change("(a int, KEY (a))", "(a int)"),
        change("(a int, UNIQUE (a))", "(a int)"),
        change("(a int)", "(a int,\n  UNIQUE (a))", "2:3 error add-unique"),
        change("(a int)", "(\n  a int UNIQUE)", "2:3 error add-unique"),
        change(
            "(a int, b int, UNIQUE (a, b))", "(a int, b int,\n UNIQUE (a))", "2:2 error add-unique"),
        change("(a int, b int, UNIQUE (a))", "(a int, b int, UNIQUE (a), UNIQUE (b, a))"),
        change("(a int, KEY k (a))", "(a int,\n UNIQUE k (a))", "2:2 error add-unique"),
        change(
            "(a int NOT NULL, b int NOT NULL)", "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a))",
            "1:49 error add-primary-key"),
        change(
            "(a int NOT NULL, PRIMARY KEY (a))", "(a int NOT NULL)", "1:14 error drop-primary-key"),
        change(
            "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a))",
            "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b))",
            "1:14 warning replace-primary-key", "1:49 warning add-primary-key"),
        change(
            "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a))",
            "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (b))",
            "1:14 warning replace-primary-key", "1:49 error add-primary-key"),
        change("(a text)", "(a text,\n FULLTEXT (a))", "2:2 warning add-special-index"),
        change(
            "(a int)", "(a int,\n  FOREIGN KEY (a) REFERENCES p (id))", "2:3 error add-foreign-key"),
        change("(a int, FOREIGN KEY (a) REFERENCES p (id))", "(a int, KEY (a))"),
        change(
            "(a int, FOREIGN KEY (a) REFERENCES p (id))",
            "(a int,\n  FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE)",
            "2:3 error add-foreign-key"),
        change("(a int)", "(a int,\n  CHECK (a > 0))", "2:3 error add-check"),
        change("(a int, CONSTRAINT c CHECK (a > 0))", "(a int)"),
        change(
            "(a int, CONSTRAINT c CHECK (a > 0) NOT ENFORCED)",
            "(a int,\n CONSTRAINT c CHECK (a > 0))", "2:2 error add-check"),
        change(
            "(a int, CONSTRAINT c CHECK (a > 0))",
            "(a int, CONSTRAINT c CHECK (a > 0) NOT ENFORCED)"),
        change(
            "(a text, UNIQUE k (a(20)))", "(a text,\n UNIQUE k (a(10)))", "2:2 error add-unique"),
        change(
            "(a int, CONSTRAINT c CHECK (a > 0))", "(a int,\n  CONSTRAINT c CHECK (a > 1))",
            "2:3 error add-check"),
    ]

    /// Rows are right by default, and MySQL keeps the check with the table: its plan is stricter.
    static let milder = [change("(a int)", "(a int, b int NULL CHECK (b > 0))")]

    private static let rest = [
        change(
            "(a int, s date, e date, PERIOD FOR p (s, e), UNIQUE u (a, p WITHOUT OVERLAPS))",
            "(a int, s date, e date, PERIOD FOR p (s, e), UNIQUE u (a))", "1:61 error add-unique"),
        change("(a int) ENGINE=InnoDB", "(a int) ENGINE=MyISAM", "1:14 error leave-innodb"),
        change("(a int) ENGINE=InnoDB", "(a int) ENGINE=MEMORY", "1:14 error discard-rows"),
        change("(a int) ENGINE=MyISAM", "(a int) ENGINE=InnoDB", "1:14 warning table-option"),
        change("(a int) COMMENT='x'", "(a int) COMMENT='y'"),
        change(
            "(a int) ROW_FORMAT=DYNAMIC", "(a int) ROW_FORMAT=COMPACT", "1:14 warning table-option"
        ),
        change("(a int)", "(a int) ROW_FORMAT=COMPACT", "1:14 warning table-option"),
        change(
            "(a int) WITH SYSTEM VERSIONING", "(a int)", "1:14 error drop-system-versioning"),
        change(
            "(a int)", "(a int) WITH SYSTEM VERSIONING", "1:14 warning add-system-versioning"),
        change(
            "(a int) PARTITION BY RANGE (a) (PARTITION x VALUES LESS THAN (10), PARTITION y VALUES LESS THAN (20))",
            "(a int) PARTITION BY RANGE (a) (PARTITION y VALUES LESS THAN (20))",
            "1:14 error drop-partition"),
        change(
            "(a int) PARTITION BY RANGE (a) (PARTITION x VALUES LESS THAN (10))",
            "(a int) PARTITION BY RANGE (a) (PARTITION x VALUES LESS THAN (10), PARTITION y VALUES LESS THAN MAXVALUE)"
        ),
        change(
            "(a int) PARTITION BY HASH (a) PARTITIONS 4",
            "(a int) PARTITION BY HASH (a) PARTITIONS 8",
            "1:14 warning repartition"),
        change("(a int) PARTITION BY HASH (a) PARTITIONS 4", "(a int)", "1:14 warning repartition"),
        change("(a int)", "(a int) PARTITION BY KEY (a) PARTITIONS 2", "1:14 warning repartition"),
        change(
            "(s date NOT NULL, e date NOT NULL)",
            "(s date NOT NULL, e date NOT NULL, PERIOD FOR x (s, e))",
            "1:14 error add-period"),
    ]
}

extension ChangeCases {
    struct Pair {
        let old: String
        let new: String
    }

    private static func pair(_ old: String, _ new: String) -> Pair {
        Pair(old: "CREATE TABLE t \(old)", new: "CREATE TABLE t \(new)")
    }

    /// Texts of the same table, in both directions.
    static let same = pairs + pairs.map { Pair(old: $0.new, new: $0.old) }

    private static let pairs = typeNames + textPairs + keyPairs + otherPairs

    private static let typeNames = [
        pair("(a int)", "(A INT)"), pair("(a int)", "(`a` int(11) DEFAULT NULL)"),
        pair("(a integer, b int4)", "(a int NULL, b INT)"),
        pair("(a bool, b boolean, c int1)", "(a tinyint(1), b tinyint, c tinyint(4))"),
        pair(
            "(a int2, b int3, c middleint, d int8)",
            "(a smallint, b mediumint, c mediumint, d bigint)"),
        pair("(a int unsigned)", "(a int(10) UNSIGNED)"), pair("(a int signed)", "(a int)"),
        pair("(a int(5) zerofill)", "(a int(5) unsigned zerofill)"),
        pair(
            "(a decimal, b dec(5), c fixed(6,2))",
            "(a decimal(10,0), b decimal(5,0), c numeric(6,2))"),
        pair(
            "(a double, b double precision, c real, d float8)",
            "(a float(53), b double, c double, d double)"),
        pair("(a float4, b float(24))", "(a float, b float)"),
        pair("(a bit)", "(a bit(1))"), pair("(a year)", "(a year(4))"),
        pair("(a datetime(0), b time(0))", "(a datetime, b time)"),
        pair("(id serial)", "(id bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE)"),
        pair("(a binary, b char)", "(a binary(1), b char(1))"),
        pair("(a character varying(10), b char varying(5))", "(a varchar(10), b varchar(5))"),
        pair("(a long, b long varbinary)", "(a mediumtext, b mediumblob)"),
        pair("(a blob(200), b blob(70000))", "(a tinyblob, b mediumblob)"),
        pair("(a text(10) CHARACTER SET latin1)", "(a tinytext CHARACTER SET latin1)"),
        pair("(a point NOT NULL, b geomcollection)", "(a POINT NOT NULL, b geometrycollection)"),
        pair("(a enum(\"x\",'it''s'))", "(a ENUM('x', 'it\\'s'))"),
        pair("(a set('x ','y'))", "(a set('x','y'))"),
    ]

    private static let textPairs = [
        pair("(a varchar(10) CHARACTER SET utf8)", "(a varchar(10) CHARSET utf8mb3)"),
        pair(
            "(a national varchar(10), b nchar(3))",
            "(a varchar(10) CHARACTER SET utf8mb3, b char(3) CHARSET utf8)"),
        pair(
            "(a varchar(10)) COLLATE=latin1_swedish_ci",
            "(a varchar(10)) DEFAULT CHARACTER SET latin1"),
        pair(
            "(a varchar(10) COLLATE latin1_bin)",
            "(a varchar(10) CHARACTER SET latin1 COLLATE latin1_bin)"),
        pair("(a varchar(10) CHARACTER SET latin1 BINARY)", "(a varchar(10) COLLATE latin1_bin)"),
        pair(
            "(a char(10) CHARACTER SET binary, b text CHARACTER SET binary)",
            "(a binary(10), b blob)"),
        pair("(a char(10) byte)", "(a binary(10))"),
        pair("(a varchar(10) ascii)", "(a varchar(10) CHARACTER SET latin1)"),
        pair(
            "(a varchar(10) COLLATE utf8_general_ci)", "(a varchar(10) COLLATE utf8mb3_general_ci)"),
    ]

    private static let keyPairs = [
        pair("(id int PRIMARY KEY)", "(id int NOT NULL, PRIMARY KEY (id))"),
        pair(
            "(id int KEY, b int)",
            "(id int, b int, CONSTRAINT pk PRIMARY KEY USING BTREE (`id` ASC))"),
        pair("(a int UNIQUE)", "(a int, UNIQUE KEY (a))"),
        pair("(a int UNIQUE KEY)", "(a int, UNIQUE INDEX `a` (`a`))"),
        pair("(a int, UNIQUE (a))", "(a int, CONSTRAINT u UNIQUE (a))"),
        pair("(a int, UNIQUE u (a))", "(a int, UNIQUE v (a))"),
        pair("(a int, KEY (a))", "(a int, INDEX a (a))"),
        pair("(a int, b int, KEY x (a), KEY y (b))", "(a int, b int, KEY y (a), KEY x (b))"),
        pair("(a int, KEY k (a))", "(a int, KEY k (a) COMMENT 'x')"),
        pair("(a varchar(10), UNIQUE k (a(10)))", "(a varchar(10), UNIQUE k (a))"),
        pair("(a int, b int, KEY (a), KEY (b))", "(a int, b int, KEY (b), KEY (a))"),
        pair("(a int, CHECK (a > 0))", "(a int, CHECK ((`a` > 0)))"),
        pair(
            "(a int, b int AS (a+1) STORED)",
            "(a int, b int GENERATED ALWAYS AS ((`a` + 1)) STORED)"),
        pair("(a int, b int AS (a+1))", "(a int, b int AS (a + 1) VIRTUAL)"),
        pair("(a int, UNIQUE ((a+1)))", "(a int, UNIQUE functional_index ((`a` + 1)))"),
    ]

    private static let otherPairs = [
        pair(
            "(id int, s date, e date, PERIOD FOR p (s, e), UNIQUE u (id, p WITHOUT OVERLAPS))",
            "(id int, `s` date NOT NULL, e date NOT NULL, UNIQUE (`id`,`p` WITHOUT OVERLAPS), PERIOD FOR `p` (`s`, `e`))"
        ),
        pair("(a int)", "(a int) ENGINE=InnoDB"),
        pair("(a int) engine=innodb", "(a int) ENGINE = InnoDB"),
        pair("(a int)", "(a int) AUTO_INCREMENT=7"), pair("(a int)", "(a int) COMMENT 'x'"),
        pair("(a timestamp DEFAULT now())", "(a timestamp DEFAULT current_timestamp)"),
    ]
}

extension ChangeCases {
    /// Texts that mean the same on some server, or in some of its settings, or that servers only
    /// print in two ways: lint says nothing.
    static let unknown = open + open.map { Pair(old: $0.new, new: $0.old) }

    private static let open = [
        pair(
            "(a int, FOREIGN KEY (a) REFERENCES p (id))",
            "(a int, KEY fk (a), CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `p` (`id`))"),
        pair(
            "(a int) PARTITION BY HASH (a) PARTITIONS 2",
            "(a int) partition by hash(`a`) (PARTITION p0, PARTITION p1)"),
        pair("(a int) PARTITION BY HASH (a)", "(a int) PARTITION BY HASH (a) PARTITIONS 1"),
        pair(
            "(d date) PARTITION BY RANGE (to_days(d)) (PARTITION x VALUES LESS THAN (to_days('2026-01-01')))",
            "(d date) PARTITION BY RANGE (TO_DAYS(`d`)) (PARTITION x VALUES LESS THAN (739983) ENGINE=InnoDB)"
        ),
        pair(
            "(a int) PARTITION BY RANGE (a) (PARTITION x VALUES LESS THAN (MAXVALUE))",
            "(a int) PARTITION BY RANGE (a) (PARTITION `x` VALUES LESS THAN MAXVALUE COMMENT 'all')"
        ),
        pair("(a varchar(10)) CHARSET=latin1", "(a varchar(10) CHARACTER SET latin1)"),
        pair("(a varchar(10))", "(a varchar(10)) CHARSET=utf8mb4"),
        pair("(a varchar(10))", "(a varchar(10) CHARACTER SET latin1)"),
        pair(
            "(a varchar(10)) CHARSET=utf8mb4", "(a varchar(10)) CHARSET=utf8mb4 COLLATE=utf8mb4_bin"
        ),
        pair("(a varchar(10))", "(a varchar(10) COLLATE utf8mb4_0900_ai_ci)"),
        pair("(a text(100))", "(a tinytext)"), pair("(a text(100))", "(a text)"),
        pair("(a timestamp)", "(a timestamp NOT NULL)"),
        pair("(a timestamp)", "(a timestamp NULL)"),
        pair("(a json)", "(a longtext)"),
        pair(
            "(a json)",
            "(a longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(`a`)))"),
        pair("(a json)", "(a longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)"),
        pair("(a int REFERENCES p (id))", "(a int)"),
        pair("(a int REFERENCES p (id))", "(a int, FOREIGN KEY (a) REFERENCES p (id))"),
        pair(
            "(a int, FOREIGN KEY (a) REFERENCES p (id) ON DELETE RESTRICT)",
            "(a int, FOREIGN KEY (a) REFERENCES p (id) ON UPDATE NO ACTION)"),
        pair("(a int CHECK (a > 0))", "(a int, CHECK (a > 0))"),
        pair("(a int, CONSTRAINT x CHECK (a > 0))", "(a int, CONSTRAINT y CHECK (a > 0))"),
        pair("(a int, CHECK (a > 0 and a < 9))", "(a int, CHECK ((a > 0) AND (a < 9)))"),
        pair("(a int, CHECK (a != 0 && a <> 1))", "(a int, CHECK ((`a` <> 0) and (`a` <> 1)))"),
        pair("(a varchar(9), CHECK (a <> 'x'))", "(a varchar(9), CHECK (`a` <> _utf8mb4'x'))"),
        pair("(a int, b int AS ((a) * (2)) STORED)", "(a int, b int AS (a * 2) STORED)"),
        pair("(a int) ENCRYPTION='N'", "(a int)"),
        pair("(a int, FOREIGN KEY (a) REFERENCES p (id)) ENGINE=MyISAM", "(a int) ENGINE=MyISAM"),
        pair("(a int) ENGINE=MyISAM", "(a int)"),
        pair("(a int)", "(a int) /*!80016 DEFAULT ENCRYPTION='N' */"),
        pair(
            "(a int) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME INTERVAL 1 DAY (PARTITION p0 HISTORY, PARTITION n CURRENT)",
            "(a int) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME INTERVAL 1 DAY STARTS TIMESTAMP'2026-01-01 00:00:00' (PARTITION p0 HISTORY, PARTITION n CURRENT)"
        ),
    ]
}
