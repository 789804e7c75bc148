/// A pair of tables as people write them, and the statements that lead from one to the other.
struct StatementCase: CustomStringConvertible, Sendable {
    let name: String
    /// What stands behind `CREATE TABLE t`.
    let from: String
    let to: String
    var renames: [(String, String)] = []
    /// On MariaDB 10.11.
    let statements: [String]

    var description: String { name }
}

enum StatementCases {
    static let all =
        columns + indexes + constraints + generated + options + partitions + severalStatements

    static let columns: [StatementCase] = [
        StatementCase(
            name: "add a column at the end",
            from: "(a int)",
            to: "(a int, b int NOT NULL DEFAULT 7)",
            statements: [
                "ALTER TABLE `t` ADD COLUMN `b` int(11) NOT NULL DEFAULT 7"
            ]),
        StatementCase(
            name: "add columns in the middle and in front",
            from: "(a int, d int)",
            to: "(z int, a int, b int, c int, d int)",
            statements: [
                "ALTER TABLE `t` ADD COLUMN `z` int(11) DEFAULT NULL FIRST, ADD COLUMN `b` "
                    + "int(11) DEFAULT NULL AFTER `a`, ADD COLUMN `c` "
                    + "int(11) DEFAULT NULL AFTER `b`"
            ]),
        StatementCase(
            name: "drop a column and the index over it",
            from: "(a int, b int, KEY k (b))",
            to: "(a int)",
            statements: [
                "ALTER TABLE `t` DROP INDEX `k`, DROP COLUMN `b`"
            ]),
        StatementCase(
            name: "drop one column of an index",
            from: "(a int, b int, UNIQUE KEY k (a, b))",
            to: "(a int, UNIQUE KEY k (a))",
            statements: [
                "ALTER TABLE `t` DROP INDEX `k`, DROP COLUMN `b`, ADD UNIQUE KEY `k` (`a`)"
            ]),
        StatementCase(
            name: "move one column of many",
            from: "(a int, b int, c int, d int)",
            to: "(d int, a int, b int, c int)",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `d` int(11) DEFAULT NULL FIRST"
            ]),
        StatementCase(
            name: "change and move",
            from: "(a int, b int)",
            to: "(b bigint, a int)",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `b` bigint(20) DEFAULT NULL FIRST"
            ]),
        StatementCase(
            name: "change the letter case of a name",
            from: "(Qty int)",
            to: "(qty int)",
            statements: [
                "ALTER TABLE `t` CHANGE COLUMN `Qty` `qty` int(11) DEFAULT NULL"
            ]),
        StatementCase(
            name: "rename by hint",
            from: "(qty int NOT NULL, KEY k (qty), CHECK (qty > 0))",
            to: "(quantity int NOT NULL, KEY k (quantity), CHECK (quantity > 0))",
            renames: [("qty", "quantity")],
            statements: [
                "ALTER TABLE `t` CHANGE COLUMN `qty` `quantity` int(11) NOT NULL"
            ]),
        StatementCase(
            name: "rename by hint, with another type and place",
            from: "(a int, qty int)",
            to: "(quantity bigint, a int)",
            renames: [("qty", "quantity")],
            statements: [
                "ALTER TABLE `t` CHANGE COLUMN `qty` `quantity` bigint(20) DEFAULT NULL FIRST"
            ]),
        StatementCase(
            name: "swap two types",
            from: "(a int, b bigint)",
            to: "(a bigint, b int)",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `a` bigint(20) DEFAULT NULL, MODIFY COLUMN `b` "
                    + "int(11) DEFAULT NULL"
            ]),
        StatementCase(
            name: "many attributes",
            from: "(id int PRIMARY KEY, n varchar(20))",
            to: "(id int AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s', n varchar(20) INVISIBLE "
                + "DEFAULT 'x', u timestamp NULL ON UPDATE current_timestamp())",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `id` int(11) NOT NULL AUTO_INCREMENT COMMENT "
                    + "'it''s', MODIFY COLUMN `n` varchar(20) INVISIBLE DEFAULT 'x', "
                    + "ADD COLUMN `u` "
                    + "timestamp NULL DEFAULT NULL ON UPDATE current_timestamp()"
            ]),
    ]

    static let indexes: [StatementCase] = [
        StatementCase(
            name: "replace the primary key",
            from: "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a))",
            to: "(a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b))",
            statements: [
                "ALTER TABLE `t` DROP PRIMARY KEY, ADD PRIMARY KEY (`a`,`b`)"
            ]),
        StatementCase(
            name: "drop the primary key",
            from: "(a int NOT NULL, PRIMARY KEY (a))",
            to: "(a int NOT NULL)",
            statements: [
                "ALTER TABLE `t` DROP PRIMARY KEY"
            ]),
        StatementCase(
            name: "rename an index",
            from: "(a int, KEY old (a))",
            to: "(a int, KEY new (a))",
            statements: [
                "ALTER TABLE `t` RENAME INDEX `old` TO `new`"
            ]),
        StatementCase(
            name: "change the letter case of an index",
            from: "(a int, KEY k (a))",
            to: "(a int, KEY K (a))",
            statements: [
                "ALTER TABLE `t` RENAME INDEX `k` TO `K`"
            ]),
        StatementCase(
            name: "redefine an index under its name",
            from: "(a int, b int, KEY k (a))",
            to: "(a int, b int, KEY k (a, b))",
            statements: [
                "ALTER TABLE `t` DROP INDEX `k`, ADD KEY `k` (`a`,`b`)"
            ]),
        StatementCase(
            name: "ignore an index",
            from: "(a int, KEY k (a))",
            to: "(a int, KEY k (a) IGNORED)",
            statements: [
                "ALTER TABLE `t` ALTER INDEX `k` IGNORED"
            ]),
        StatementCase(
            name: "see an index again",
            from: "(a int, KEY k (a) IGNORED)",
            to: "(a int, KEY k (a) NOT IGNORED)",
            statements: [
                "ALTER TABLE `t` ALTER INDEX `k` NOT IGNORED"
            ]),
        StatementCase(
            name: "order of plain indexes is no difference",
            from: "(a int, b int, KEY x (a), KEY y (b))",
            to: "(a int, b int, KEY y (b), KEY x (a))",
            statements: []),
        StatementCase(
            name: "hints on an InnoDB index are no difference",
            from: "(a int, KEY k (a))",
            to: "(a int, KEY k (a) USING BTREE KEY_BLOCK_SIZE=4)",
            statements: []),
        StatementCase(
            name: "hints on an index count with the engine that it gets",
            from: "(a int, b int, KEY k (a) USING BTREE, KEY l (b) USING BTREE)",
            to: "(a int, b int, KEY k (a), KEY m (b)) ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` DROP INDEX `k`, DROP INDEX `l`, ADD KEY `k` (`a`), "
                    + "ADD KEY `m` (`b`), ENGINE=MyISAM"
            ]),
        StatementCase(
            name: "indexes lose the table's block size with the engine that does not mind it",
            from: "(a int PRIMARY KEY, b int, KEY k (b)) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8",
            to: "(a int PRIMARY KEY, b int, KEY k (b)) ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` KEY_BLOCK_SIZE=0",
                "ALTER TABLE `t` DROP PRIMARY KEY, DROP INDEX `k`, ADD PRIMARY KEY (`a`), "
                    + "ADD KEY `k` (`b`), ENGINE=MyISAM, ROW_FORMAT=DEFAULT",
            ]),
        StatementCase(
            name: "clustering index without a primary key",
            from: "(a int NOT NULL, b int NOT NULL, UNIQUE KEY x (a), UNIQUE KEY y (b))",
            to: "(a int NOT NULL, b int NOT NULL, UNIQUE KEY y (b), UNIQUE KEY x (a))",
            statements: [
                "ALTER TABLE `t` DROP INDEX `x`",
                "ALTER TABLE `t` ADD UNIQUE KEY `x` (`a`)",
            ]),
        StatementCase(
            name: "another unique index would cluster where the first one is made anew",
            from: "(a int NOT NULL, b int NOT NULL, UNIQUE KEY x (a), UNIQUE KEY y (b))",
            to: "(a int NOT NULL, b int NOT NULL, UNIQUE KEY x (a, b), UNIQUE KEY y (b))",
            statements: [
                "ALTER TABLE `t` DROP INDEX `x`, ADD UNIQUE KEY `x` (`a`,`b`)",
                "ALTER TABLE `t` DROP INDEX `y`",
                "ALTER TABLE `t` ADD UNIQUE KEY `y` (`b`)",
            ]),
        StatementCase(
            name: "two FULLTEXT indexes",
            from: "(a text, b text)",
            to: "(a text, b text, FULLTEXT KEY x (a), FULLTEXT KEY y (b))",
            statements: [
                "ALTER TABLE `t` ADD FULLTEXT KEY `x` (`a`)",
                "ALTER TABLE `t` ADD FULLTEXT KEY `y` (`b`)",
            ]),
    ]

    static let options: [StatementCase] = [
        StatementCase(
            name: "default character set, columns kept",
            from: "(a varchar(10)) DEFAULT CHARSET=latin1",
            to: "(a varchar(10) CHARACTER SET latin1) DEFAULT CHARSET=utf8mb4",
            statements: [
                "ALTER TABLE `t` DEFAULT CHARACTER SET=utf8mb4 COLLATE=utf8mb4_general_ci"
            ]),
        StatementCase(
            name: "default character set, columns converted",
            from: "(a varchar(10), b int) DEFAULT CHARSET=latin1",
            to: "(a varchar(10), b int) DEFAULT CHARSET=utf8mb4",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `a` varchar(10) DEFAULT NULL, DEFAULT CHARACTER "
                    + "SET=utf8mb4 COLLATE=utf8mb4_general_ci"
            ]),
        StatementCase(
            name: "collation of one column",
            from: "(a varchar(10))",
            to: "(a varchar(10) COLLATE utf8mb4_bin)",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `a` varchar(10) CHARACTER SET utf8mb4 COLLATE "
                    + "utf8mb4_bin DEFAULT NULL"
            ]),
        StatementCase(
            name: "options",
            from: "(a int) COMMENT='x' ROW_FORMAT=COMPACT",
            to: "(a int) COMMENT='y' STATS_PERSISTENT=1",
            statements: [
                "ALTER TABLE `t` STATS_PERSISTENT=1, COMMENT='y', ROW_FORMAT=DEFAULT"
            ]),
        StatementCase(
            name: "the counter is no difference",
            from: "(a int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=7",
            to: "(a int AUTO_INCREMENT PRIMARY KEY)",
            statements: []),
        StatementCase(
            name: "engine",
            from: "(a int) ENGINE=MyISAM",
            to: "(a int) ENGINE=InnoDB",
            statements: [
                "ALTER TABLE `t` ENGINE=InnoDB"
            ]),
        StatementCase(
            name: "system versioning",
            from: "(a int)",
            to: "(a int) WITH SYSTEM VERSIONING",
            statements: [
                "ALTER TABLE `t` ADD SYSTEM VERSIONING"
            ]),
        StatementCase(
            name: "system versioning goes before another engine comes",
            from: "(a int) WITH SYSTEM VERSIONING",
            to: "(a int) ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` DROP SYSTEM VERSIONING", "ALTER TABLE `t` ENGINE=MyISAM",
            ]),
        StatementCase(
            name: "system versioning with columns goes",
            from: "(a int, s timestamp(6) GENERATED ALWAYS AS ROW START, e timestamp(6) GENERATED "
                + "ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING",
            to: "(a int)",
            statements: [
                "ALTER TABLE `t` DROP SYSTEM VERSIONING, DROP PERIOD FOR SYSTEM_TIME, DROP "
                    + "COLUMN `s`, DROP COLUMN `e`"
            ]),
        StatementCase(
            name: "system versioning with columns comes",
            from: "(a int)",
            to: "(a int, s timestamp(6) GENERATED ALWAYS AS ROW START, e timestamp(6) GENERATED "
                + "ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING",
            statements: [
                "ALTER TABLE `t` ADD COLUMN `s` timestamp(6) GENERATED ALWAYS AS ROW START, "
                    + "ADD COLUMN `e` timestamp(6) GENERATED ALWAYS AS ROW END, ADD PERIOD FOR "
                    + "SYSTEM_TIME (`s`, `e`), ADD SYSTEM VERSIONING"
            ]),
        StatementCase(
            name: "period",
            from: "(a date NOT NULL, b date NOT NULL)",
            to: "(a date NOT NULL, b date NOT NULL, PERIOD FOR span (a, b))",
            statements: [
                "ALTER TABLE `t` ADD PERIOD FOR `span` (`a`, `b`)"
            ]),
    ]

    static let partitions: [StatementCase] = [
        StatementCase(
            name: "partition",
            from: "(a int)",
            to: "(a int, b int) PARTITION BY HASH (a) PARTITIONS 4",
            statements: [
                "ALTER TABLE `t` ADD COLUMN `b` int(11) DEFAULT NULL",
                "ALTER TABLE `t` PARTITION BY HASH (`a`) PARTITIONS 4",
            ]),
        StatementCase(
            name: "no longer partition, with another key",
            from: "(a int, b int, PRIMARY KEY (a, b)) PARTITION BY HASH (b) PARTITIONS 2",
            to: "(a int, b int, PRIMARY KEY (a))",
            statements: [
                "ALTER TABLE `t` REMOVE PARTITIONING",
                "ALTER TABLE `t` DROP PRIMARY KEY, MODIFY COLUMN `b` int(11) DEFAULT NULL, ADD "
                    + "PRIMARY KEY (`a`)",
            ]),
        StatementCase(
            name: "rotate ranges",
            from:
                "(a int) PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 "
                + "VALUES LESS THAN (20))",
            to: "(a int) PARTITION BY RANGE (a) (PARTITION p2 VALUES LESS THAN (20), PARTITION p3 "
                + "VALUES LESS THAN (30))",
            statements: [
                "ALTER TABLE `t` DROP PARTITION `p1`",
                "ALTER TABLE `t` ADD PARTITION (PARTITION `p3` VALUES LESS THAN (30) ENGINE = "
                    + "InnoDB)",
            ]),
        StatementCase(
            name: "merge ranges",
            from:
                "(a int) PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 "
                + "VALUES LESS THAN (20), PARTITION p3 VALUES LESS THAN (30))",
            to: "(a int) PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10), PARTITION p3 "
                + "VALUES LESS THAN (30))",
            statements: [
                "ALTER TABLE `t` REORGANIZE PARTITION `p2`, `p3` INTO (PARTITION `p3` VALUES LESS "
                    + "THAN (30) ENGINE = InnoDB)"
            ]),
        StatementCase(
            name: "split the open range",
            from: "(a int) PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10), PARTITION "
                + "rest VALUES LESS THAN MAXVALUE)",
            to: "(a int) PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10), PARTITION p2 "
                + "VALUES LESS THAN (20), PARTITION rest VALUES LESS THAN MAXVALUE)",
            statements: [
                "ALTER TABLE `t` REORGANIZE PARTITION `rest` INTO (PARTITION `p2` VALUES LESS THAN "
                    + "(20) ENGINE = InnoDB, PARTITION `rest` VALUES LESS THAN MAXVALUE ENGINE = "
                    + "InnoDB)"
            ]),
        StatementCase(
            name: "drop a list",
            from:
                "(a int) PARTITION BY LIST (a) (PARTITION p1 VALUES IN (1), PARTITION p2 VALUES IN "
                + "(2))",
            to: "(a int) PARTITION BY LIST (a) (PARTITION p2 VALUES IN (2))",
            statements: [
                "ALTER TABLE `t` DROP PARTITION `p1`"
            ]),
        StatementCase(
            name: "add a list",
            from: "(a int) PARTITION BY LIST (a) (PARTITION p1 VALUES IN (1))",
            to: "(a int) PARTITION BY LIST (a) (PARTITION p1 VALUES IN (1), PARTITION p2 VALUES IN "
                + "(2))",
            statements: [
                "ALTER TABLE `t` ADD PARTITION (PARTITION `p2` VALUES IN (2) ENGINE = InnoDB)"
            ]),
        StatementCase(
            name: "another method and key",
            from: "(a int, b int, PRIMARY KEY (a)) PARTITION BY HASH (a) PARTITIONS 2",
            to: "(a int, b int, PRIMARY KEY (b)) PARTITION BY KEY (b) PARTITIONS 2",
            statements: [
                "ALTER TABLE `t` REMOVE PARTITIONING",
                "ALTER TABLE `t` DROP PRIMARY KEY, MODIFY COLUMN `a` int(11) DEFAULT NULL, "
                    + "MODIFY COLUMN `b` int(11) NOT NULL, ADD PRIMARY KEY (`b`)",
                "ALTER TABLE `t` PARTITION BY KEY (`b`) PARTITIONS 2",
            ]),
        StatementCase(
            name: "subpartitions",
            from: "(a int, b int) PARTITION BY RANGE (a) SUBPARTITION BY HASH (b) SUBPARTITIONS 2 "
                + "(PARTITION p1 VALUES LESS THAN (10))",
            to: "(a int, b int) PARTITION BY RANGE (a) SUBPARTITION BY HASH (b) SUBPARTITIONS 3 "
                + "(PARTITION p1 VALUES LESS THAN (10))",
            statements: [
                "ALTER TABLE `t` PARTITION BY RANGE (`a`) SUBPARTITION BY HASH (`b`) "
                    + "SUBPARTITIONS 3 (PARTITION `p1` VALUES LESS THAN (10) ENGINE = InnoDB)"
            ]),
    ]
}
