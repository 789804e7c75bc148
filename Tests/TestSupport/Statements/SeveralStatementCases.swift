/// What goes before the change, or is done behind it, in a statement of its own.
extension StatementCases {
    static let severalStatements: [StatementCase] = [
        StatementCase(
            name: "a type that is not cast",
            from: "(i int, a int NOT NULL, KEY k (a, i))",
            to: "(i int, a uuid NOT NULL, KEY k (a, i))",
            statements: [
                "ALTER TABLE `t` DROP INDEX `k`, DROP COLUMN `a`",
                "ALTER TABLE `t` ADD COLUMN `a` uuid NOT NULL, ADD KEY `k` (`a`,`i`)",
            ]),
        StatementCase(
            name: "a type that is not cast, under stored columns",
            from: "(i int, a uuid, b char(40) AS (concat(a, 'x')) STORED, "
                + "c char(40) AS (concat(a, 'y')) STORED)",
            to: "(i int, a int, b char(40) AS (concat(a, 'x')) STORED)",
            statements: [
                "ALTER TABLE `t` DROP COLUMN `a`, DROP COLUMN `b`, DROP COLUMN `c`",
                "ALTER TABLE `t` ADD COLUMN `a` int(11) DEFAULT NULL, ADD COLUMN `b` char(40) "
                    + "GENERATED ALWAYS AS (concat(`a`,'x')) STORED",
            ]),
        StatementCase(
            name: "a type that is not cast, of the only column",
            from: "(a int PRIMARY KEY)",
            to: "(a uuid PRIMARY KEY)",
            statements: [
                "ALTER TABLE `t` DROP PRIMARY KEY, DROP COLUMN `a`, ADD COLUMN `a` uuid NOT NULL, "
                    + "ADD PRIMARY KEY (`a`)"
            ]),
        StatementCase(
            name: "a type that is cast by its text",
            from: "(i int, a uuid)",
            to: "(i int, a varchar(36))",
            statements: ["ALTER TABLE `t` MODIFY COLUMN `a` varchar(36) DEFAULT NULL"]),
        StatementCase(
            name: "a stored column that the partitions use becomes virtual",
            from: "(a int, g int AS (a * 2) STORED) PARTITION BY HASH (g) PARTITIONS 2",
            to: "(a int, g int AS (a * 2) VIRTUAL) PARTITION BY HASH (g) PARTITIONS 2",
            statements: [
                "ALTER TABLE `t` REMOVE PARTITIONING", "ALTER TABLE `t` DROP COLUMN `g`",
                "ALTER TABLE `t` ADD COLUMN `g` int(11) GENERATED ALWAYS AS (`a` * 2) VIRTUAL",
                "ALTER TABLE `t` PARTITION BY HASH (`g`) PARTITIONS 2",
            ]),
        StatementCase(
            name: "a type that the old partitions do not take",
            from: "(s varchar(9)) PARTITION BY LIST COLUMNS (s) (PARTITION p VALUES IN ('a'))",
            to: "(s enum('a')) PARTITION BY KEY (s) PARTITIONS 2",
            statements: [
                "ALTER TABLE `t` REMOVE PARTITIONING",
                "ALTER TABLE `t` MODIFY COLUMN `s` enum('a') DEFAULT NULL",
                "ALTER TABLE `t` PARTITION BY KEY (`s`) PARTITIONS 2",
            ]),
        StatementCase(
            name: "an engine leaves its checksums behind",
            from: "(a int) ENGINE=Aria",
            to: "(a int) ENGINE=InnoDB",
            statements: [
                "ALTER TABLE `t` ENGINE=InnoDB", "ALTER TABLE `t` PAGE_CHECKSUM=DEFAULT",
            ]),
        StatementCase(
            name: "checksums that an engine left behind",
            from: "(a int) ENGINE=InnoDB PAGE_CHECKSUM=1",
            to: "(a int) ENGINE=InnoDB",
            statements: ["ALTER TABLE `t` PAGE_CHECKSUM=DEFAULT"]),
        StatementCase(
            name: "options go before an engine that does not know them",
            from: "(a int) ENGINE=Aria TRANSACTIONAL=1",
            to: "(a int) ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` TRANSACTIONAL=DEFAULT", "ALTER TABLE `t` ENGINE=MyISAM",
                "ALTER TABLE `t` PAGE_CHECKSUM=DEFAULT",
            ]),
        StatementCase(
            name: "quoted options go before an engine that does not know them",
            from: "(a int) ENGINE=InnoDB `PAGE_COMPRESSED`=0",
            to: "(a int) ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` `PAGE_COMPRESSED`=DEFAULT", "ALTER TABLE `t` ENGINE=MyISAM",
            ]),
        StatementCase(
            name: "the period of a table that has versions already",
            from: "(a int) WITH SYSTEM VERSIONING",
            to: """
                (a int, s timestamp(6) AS ROW START, e timestamp(6) AS ROW END,
                PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING
                """,
            statements: [
                "ALTER TABLE `t` DROP SYSTEM VERSIONING",
                "ALTER TABLE `t` ADD COLUMN `s` timestamp(6) GENERATED ALWAYS AS ROW START, ADD "
                    + "COLUMN `e` timestamp(6) GENERATED ALWAYS AS ROW END, ADD PERIOD FOR "
                    + "SYSTEM_TIME (`s`, `e`), ADD SYSTEM VERSIONING",
            ]),
        StatementCase(
            name: "another engine under versions",
            from: "(a int) WITH SYSTEM VERSIONING ENGINE=InnoDB",
            to: "(a int) WITH SYSTEM VERSIONING ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` DROP SYSTEM VERSIONING",
                "ALTER TABLE `t` ADD SYSTEM VERSIONING, ENGINE=MyISAM",
            ]),
        StatementCase(
            name: "a column without versions in a table that gets them",
            from: "(a int, b int)",
            to: "(a int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING",
            statements: [
                "ALTER TABLE `t` ADD SYSTEM VERSIONING",
                "ALTER TABLE `t` MODIFY COLUMN `b` int(11) DEFAULT NULL WITHOUT SYSTEM VERSIONING",
            ]),
    ]
}
