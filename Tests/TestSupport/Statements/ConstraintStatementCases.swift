/// Foreign keys, checks and generated columns: what rests on other columns.
extension StatementCases {
    static let constraints: [StatementCase] = [
        StatementCase(
            name: "add a foreign key",
            from: "(p int)",
            to: "(p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            statements: [
                "ALTER TABLE `t` ADD KEY `f` (`p`), ADD CONSTRAINT `f` FOREIGN KEY (`p`) "
                    + "REFERENCES `p` (`id`)"
            ]),
        StatementCase(
            name: "redefine a foreign key under its name",
            from: "(p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            to: "(p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)",
            statements: [
                "ALTER TABLE `t` DROP FOREIGN KEY `f`",
                "ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`p`) REFERENCES `p` (`id`) ON "
                    + "DELETE CASCADE",
            ]),
        StatementCase(
            name: "rename a foreign key and keep its index",
            from: "(p int, KEY by_p (p), CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            to: "(p int, KEY by_p (p), CONSTRAINT g FOREIGN KEY (p) REFERENCES p (id))",
            statements: [
                "ALTER TABLE `t` DROP FOREIGN KEY `f`, DROP INDEX `by_p`, ADD KEY `by_p` "
                    + "(`p`), ADD CONSTRAINT `g` FOREIGN KEY (`p`) REFERENCES `p` (`id`)"
            ]),
        StatementCase(
            name: "change the type under a foreign key",
            from: "(p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            to: "(p bigint, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (big))",
            statements: [
                "ALTER TABLE `t` DROP FOREIGN KEY `f`",
                "ALTER TABLE `t` MODIFY COLUMN `p` bigint(20) DEFAULT NULL, ADD CONSTRAINT `f` "
                    + "FOREIGN KEY (`p`) REFERENCES `p` (`big`)",
            ]),
        StatementCase(
            name: "drop a foreign key with its column",
            from: "(a int, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            to: "(a int)",
            statements: [
                "ALTER TABLE `t` DROP FOREIGN KEY `f`, DROP INDEX `f`, DROP COLUMN `p`"
            ]),
        StatementCase(
            name: "a foreign key to the table itself comes behind its parent's type",
            from: "(id int PRIMARY KEY, up bigint)",
            to:
                "(id bigint PRIMARY KEY, up bigint, CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id))",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `id` bigint(20) NOT NULL, ADD KEY `f` (`up`)",
                "ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`up`) REFERENCES `t` (`id`)",
            ]),
        StatementCase(
            name: "a foreign key to the table itself keeps its index where another one clusters",
            from: """
                (id bigint PRIMARY KEY, n int NOT NULL, code varchar(9), up varchar(9),
                UNIQUE KEY n (n), UNIQUE KEY code (code))
                """,
            to: """
                (id bigint NOT NULL, n int NOT NULL, code varchar(9), up varchar(9),
                UNIQUE KEY id (id), UNIQUE KEY n (n), UNIQUE KEY code (code), KEY f (up),
                CONSTRAINT f FOREIGN KEY (up) REFERENCES t (code))
                """,
            statements: [
                "ALTER TABLE `t` DROP PRIMARY KEY, ADD UNIQUE KEY `id` (`id`), ADD KEY `f` (`up`), "
                    + "ADD CONSTRAINT `f` FOREIGN KEY (`up`) REFERENCES `t` (`code`)",
                "ALTER TABLE `t` DROP INDEX `n`",
                "ALTER TABLE `t` ADD UNIQUE KEY `n` (`n`)",
            ]),
        StatementCase(
            name: "a foreign key to the table itself comes behind FULLTEXT indexes too",
            from: "(id int PRIMARY KEY, up bigint, a text, KEY f (up))",
            to: """
                (id bigint PRIMARY KEY, up bigint, a text, KEY f (up), FULLTEXT KEY l (a),
                FULLTEXT KEY m (a), CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id))
                """,
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `id` bigint(20) NOT NULL, ADD FULLTEXT KEY `l` (`a`)",
                "ALTER TABLE `t` ADD FULLTEXT KEY `m` (`a`)",
                "ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`up`) REFERENCES `t` (`id`)",
            ]),
        StatementCase(
            name: "a foreign key to the table itself comes behind its parent's index",
            from: "(id int PRIMARY KEY, up int, code int, KEY k (code))",
            to: """
                (id int PRIMARY KEY, up int, code int, KEY k (code), UNIQUE KEY u (id, code),
                CONSTRAINT f FOREIGN KEY (code) REFERENCES t (id),
                CONSTRAINT g FOREIGN KEY (id, up) REFERENCES t (id, code))
                """,
            statements: [
                "ALTER TABLE `t` RENAME INDEX `k` TO `k`, ADD UNIQUE KEY `u` (`id`,`code`), ADD "
                    + "KEY `g` (`id`,`up`), ADD CONSTRAINT `f` FOREIGN KEY (`code`) REFERENCES "
                    + "`t` (`id`)",
                "ALTER TABLE `t` RENAME INDEX `g` TO `g`, ADD CONSTRAINT `g` FOREIGN KEY (`id`, "
                    + "`up`) REFERENCES `t` (`id`, `code`)",
            ]),
        StatementCase(
            name: "rename a column of a foreign key by hint, with another type of another column",
            from: "(a int, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            to: "(a bigint, q int, CONSTRAINT f FOREIGN KEY (q) REFERENCES p (id))",
            renames: [("p", "q")],
            statements: [
                "ALTER TABLE `t` CHANGE COLUMN `p` `q` int(11) DEFAULT NULL",
                "ALTER TABLE `t` MODIFY COLUMN `a` bigint(20) DEFAULT NULL",
            ]),
        StatementCase(
            name: "a foreign key to the table itself goes with the index that it ends at",
            from: """
                (id int PRIMARY KEY, code int, up int, UNIQUE KEY code (code), KEY f (up),
                CONSTRAINT f FOREIGN KEY (up) REFERENCES t (code))
                """,
            to: "(id int PRIMARY KEY, up int)",
            statements: [
                "ALTER TABLE `t` DROP FOREIGN KEY `f`",
                "ALTER TABLE `t` DROP INDEX `code`, DROP INDEX `f`, DROP COLUMN `code`",
            ]),
        StatementCase(
            name: "foreign keys go before another engine comes",
            from: "(id int PRIMARY KEY, p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
            to: "(id int PRIMARY KEY, p int, KEY f (p)) ENGINE=MyISAM",
            statements: [
                "ALTER TABLE `t` DROP FOREIGN KEY `f`", "ALTER TABLE `t` ENGINE=MyISAM",
            ]),
        StatementCase(
            name: "redefine a check",
            from: "(a int, CONSTRAINT c CHECK (a > 1))",
            to: "(a int, CONSTRAINT c CHECK (a > 2))",
            statements: [
                "ALTER TABLE `t` DROP CONSTRAINT `c`, ADD CONSTRAINT `c` CHECK (`a` > 2)"
            ]),
        StatementCase(
            name: "check of a column",
            from: "(a int CHECK (a > 1), b int)",
            to: "(a int, b int CHECK (b > 1))",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `a` int(11) DEFAULT NULL, MODIFY COLUMN `b` "
                    + "int(11) DEFAULT NULL CHECK (`b` > 1)"
            ]),
        StatementCase(
            name: "order of checks is no difference",
            from: "(a int, CONSTRAINT c CHECK (a > 1), CONSTRAINT d CHECK (a > 2))",
            to: "(a int, CONSTRAINT d CHECK (a > 2), CONSTRAINT c CHECK (a > 1))",
            statements: []),
    ]

    static let generated: [StatementCase] = [
        StatementCase(
            name: "expressions come to a dropped column by generated ones",
            from: """
                (g int AS (length(d)), h int AS (g + 1), i int, d char(8), a char(8),
                CONSTRAINT c CHECK (h > 0), CONSTRAINT e CHECK (a <> ''))
                """,
            to: """
                (g int AS (length(a)), h int AS (g + 1), i int, a char(8),
                CONSTRAINT c CHECK (h > 0), CONSTRAINT e CHECK (a <> ''))
                """,
            statements: [
                "ALTER TABLE `t` DROP CONSTRAINT `c`, DROP COLUMN `d`, MODIFY COLUMN `g` int(11) "
                    + "GENERATED ALWAYS AS (octet_length(`a`)) VIRTUAL, "
                    + "ADD CONSTRAINT `c` CHECK (`h` > 0)"
            ]),
        StatementCase(
            name: "virtual to stored under a stored column",
            from: "(a int, g int AS (a + 1) VIRTUAL, h int AS (g + 1) STORED)",
            to: "(a int, g int AS (a + 1) STORED, h int AS (g + 1) STORED)",
            statements: [
                "ALTER TABLE `t` DROP COLUMN `g`, DROP COLUMN `h`",
                "ALTER TABLE `t` ADD COLUMN `g` int(11) GENERATED ALWAYS AS (`a` + 1) STORED, "
                    + "ADD COLUMN `h` int(11) GENERATED ALWAYS AS (`g` + 1) STORED",
            ]),
        StatementCase(
            name: "regular to virtual",
            from: "(a int, b int, KEY k (b))",
            to: "(a int, b int AS (a + 1) VIRTUAL, KEY k (b))",
            statements: [
                "ALTER TABLE `t` DROP INDEX `k`, DROP COLUMN `b`",
                "ALTER TABLE `t` ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` + 1) VIRTUAL, "
                    + "ADD KEY `k` (`b`)",
            ]),
        StatementCase(
            name: "virtual to stored, with what is computed from it",
            from: "(a int, b int AS (a + 1) VIRTUAL, c int AS (b + 1) VIRTUAL)",
            to: "(a int, b int AS (a + 1) STORED, c int AS (b + 1) VIRTUAL)",
            statements: [
                "ALTER TABLE `t` DROP COLUMN `b`, DROP COLUMN `c`",
                "ALTER TABLE `t` ADD COLUMN `b` int(11) GENERATED ALWAYS AS (`a` + 1) STORED, "
                    + "ADD COLUMN `c` int(11) GENERATED ALWAYS AS (`b` + 1) VIRTUAL",
            ]),
        StatementCase(
            name: "regular to stored and back",
            from: "(a int, b int, c int AS (a + 1) STORED)",
            to: "(a int, b int AS (a + 1) STORED, c int)",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `b` int(11) GENERATED ALWAYS AS (`a` + 1) "
                    + "STORED, MODIFY COLUMN `c` int(11) DEFAULT NULL"
            ]),
        StatementCase(
            name: "another expression",
            from: "(a int, b int AS (a + 1) VIRTUAL)",
            to: "(a int, b int AS (a + 2) VIRTUAL)",
            statements: [
                "ALTER TABLE `t` MODIFY COLUMN `b` int(11) GENERATED ALWAYS AS (`a` + 2) "
                    + "VIRTUAL"
            ]),
    ]
}
