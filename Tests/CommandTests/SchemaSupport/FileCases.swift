extension SupportCases {
    /// What a file may say beside a plain table, and what it may not.
    static let files: [SupportCase] = [
        SupportCase(
            id: "table",
            before: "CREATE TABLE {t}_old (a int PRIMARY KEY);",
            after: "CREATE TABLE IF NOT EXISTS {t}_new (a int PRIMARY KEY);"),
        SupportCase(
            id: "table-rename",
            before: """
                CREATE TABLE {t}_old (a int PRIMARY KEY, up int, KEY (up),
                  CONSTRAINT {t}_up FOREIGN KEY (up) REFERENCES {t}_old (a));
                CREATE TABLE {t}_child (a int PRIMARY KEY, CONSTRAINT {t}_parent
                  FOREIGN KEY (a) REFERENCES {t}_old (a));
                """,
            after: """
                -- plumb: renamed from {t}_old
                CREATE TABLE {t} (a int PRIMARY KEY, up int, b int, KEY (up),
                  CONSTRAINT {t}_up FOREIGN KEY (up) REFERENCES {t} (a));
                CREATE TABLE {t}_child (a int PRIMARY KEY, CONSTRAINT {t}_parent
                  FOREIGN KEY (a) REFERENCES {t} (a));
                """, isReversible: false),
        SupportCase(
            id: "table-rename-mutual",
            before: """
                CREATE TABLE {t}_a (i int PRIMARY KEY, CONSTRAINT {t}_x
                  FOREIGN KEY (i) REFERENCES {t}_b (i));
                CREATE TABLE {t}_b (i int PRIMARY KEY, CONSTRAINT {t}_y
                  FOREIGN KEY (i) REFERENCES {t}_a (i));
                """,
            after: """
                -- plumb: renamed from {t}_a
                CREATE TABLE {t}_c (i int PRIMARY KEY, CONSTRAINT {t}_x
                  FOREIGN KEY (i) REFERENCES {t}_d (i));
                -- plumb: renamed from {t}_b
                CREATE TABLE {t}_d (i int PRIMARY KEY, CONSTRAINT {t}_y
                  FOREIGN KEY (i) REFERENCES {t}_c (i));
                """, isReversible: false),
        SupportCase(
            id: "table-rename-swap",
            after: """
                -- plumb: renamed from {t}_b
                CREATE TABLE {t}_a (i int PRIMARY KEY);
                -- plumb: renamed from {t}_a
                CREATE TABLE {t}_b (i int PRIMARY KEY);
                """,
            outcome: .refused(.reading, "t_table_rename_swap_a")),
        SupportCase(
            id: "table-like",
            before: """
                CREATE TABLE {t} LIKE {t}_o;
                CREATE TABLE {t}_o (a int PRIMARY KEY, b varchar(9) DEFAULT 'x', KEY k (b));
                """,
            after: """
                CREATE TABLE {t} LIKE {t}_o;
                CREATE TABLE {t}_o (a int PRIMARY KEY, c int, CHECK (c > 0)) COMMENT 'y';
                """),
        SupportCase(
            id: "table-like-elsewhere", after: "CREATE TABLE {t} LIKE other.t;",
            outcome: .refused(
                .reading, "`t_table_like_elsewhere` is LIKE a table of the database `other`")),
        SupportCase(
            id: "table-select", after: "CREATE TABLE {t} AS SELECT 1 AS a;",
            outcome: .refused(.reading, "the table `t_table_select` is defined by a SELECT")),
        SupportCase(
            id: "table-or-replace", after: "CREATE OR REPLACE TABLE {t} (a int);",
            outcome: .refused(.reading, "the table `t_table_or_replace` is written with OR REPLACE")
        ),
        SupportCase(
            id: "table-temporary", after: "CREATE TEMPORARY TABLE {t} (a int);",
            outcome: .refused(.reading, "the table `t_table_temporary` is temporary")),
        SupportCase(
            id: "table-of-database", after: "CREATE TABLE other.{t} (a int);",
            outcome: .refused(
                .reading, "the table `t_table_of_database` is written with the database `other`")),
        SupportCase(
            id: "other-statement", after: "ALTER TABLE {t} ADD a int;",
            outcome: .refused(.reading, "ALTER TABLE `t_other_statement` is a change")),
        SupportCase(
            id: "other-statement", after: "INSERT INTO {t} VALUES (1);",
            outcome: .refused(.reading, "INSERT INTO is not a CREATE TABLE")),
        SupportCase(
            id: "rejected-by-server",
            after: "CREATE TABLE {t} (a int, KEY k (missing));",
            outcome: .refused(.server, "table `t_rejected_by_server`")),
    ]

    /// Everything that is no table; the namespaces of these tests manage all of it.
    static let objects: [SupportCase] = [
        SupportCase(
            id: "view",
            before: """
                CREATE TABLE {t}_t (a int PRIMARY KEY, b int);
                CREATE VIEW {t} AS SELECT * FROM {t}_t;
                CREATE VIEW {t}_v AS SELECT a FROM {t};
                """,
            after: """
                CREATE TABLE {t}_t (a int PRIMARY KEY, c int);
                CREATE VIEW {t} AS SELECT * FROM {t}_t;
                CREATE VIEW {t}_w AS SELECT a, c FROM {t} WHERE c > 1;
                """),
        SupportCase(
            id: "trigger",
            before: """
                CREATE TABLE {t}_t (a int PRIMARY KEY, b int);
                CREATE TRIGGER {t} BEFORE INSERT ON {t}_t FOR EACH ROW SET NEW.b = 1;
                CREATE TRIGGER {t}_x AFTER DELETE ON {t}_t FOR EACH ROW SET @x = 1;
                """,
            after: """
                CREATE TABLE {t}_t (a int PRIMARY KEY, b int);
                CREATE TRIGGER {t} BEFORE INSERT ON {t}_t FOR EACH ROW SET NEW.b = 2;
                CREATE TRIGGER {t}_y AFTER UPDATE ON {t}_t FOR EACH ROW SET @x = 1;
                """),
        SupportCase(
            id: "trigger-order",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int);
                CREATE TRIGGER {t}_a BEFORE INSERT ON {t} FOR EACH ROW SET NEW.b = 1;
                CREATE TRIGGER {t}_b BEFORE INSERT ON {t} FOR EACH ROW FOLLOWS {t}_a
                  SET NEW.b = NEW.b + 1;
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int);
                CREATE TRIGGER {t}_b BEFORE INSERT ON {t} FOR EACH ROW SET NEW.b = NEW.b + 1;
                CREATE TRIGGER {t}_a BEFORE INSERT ON {t} FOR EACH ROW FOLLOWS {t}_b
                  SET NEW.b = 1;
                CREATE TRIGGER {t}_c BEFORE INSERT ON {t} FOR EACH ROW precedes {t}_b SET @a = 1;
                """),
        SupportCase(
            id: "trigger-order-dangling",
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int);
                CREATE TRIGGER {t}_c BEFORE INSERT ON {t} FOR EACH ROW precedes {t}_d SET @a = 1;
                """,
            outcome: .refused(
                .reading, "the trigger `t_trigger_order_dangling_c` PRECEDES")),
        SupportCase(
            id: "routine",
            before: """
                CREATE FUNCTION {t} (n int) RETURNS int DETERMINISTIC RETURN n + 1;
                CREATE PROCEDURE {t} (IN n int) SELECT n;
                """,
            after: """
                CREATE FUNCTION {t} (n int) RETURNS bigint DETERMINISTIC RETURN n + 2;
                CREATE PROCEDURE {t}_p (IN n int) SELECT n + 1;
                """),
        SupportCase(
            id: "sql-mode",
            before: "CREATE PROCEDURE {t} () SELECT 'a' || 'b';",
            after: """
                -- plumb: sql_mode 'PIPES_AS_CONCAT'
                CREATE PROCEDURE {t} () SELECT 'a' || 'b';
                """),
        SupportCase(
            id: "event",
            before: "CREATE EVENT {t} ON SCHEDULE EVERY 1 DAY DO SET @x = 1;",
            after: """
                CREATE EVENT {t} ON SCHEDULE EVERY 2 DAY DO SET @x = 2;
                CREATE EVENT {t}_e ON SCHEDULE EVERY 1 HOUR DISABLE DO SET @x = 3;
                """),
        SupportCase(
            id: "event-time-zone",
            before: """
                -- plumb: time_zone 'SYSTEM'
                CREATE EVENT {t} ON SCHEDULE EVERY 1 DAY DO SET @x = 1;
                """,
            after: """
                -- plumb: time_zone '+05:00'
                CREATE EVENT {t} ON SCHEDULE EVERY 1 DAY DO SET @x = 1;
                """),
        SupportCase(
            id: "sequence", on: .mariadb,
            before: "CREATE SEQUENCE {t} INCREMENT BY 10; CREATE SEQUENCE {t}_gone;",
            after: """
                CREATE SEQUENCE {t} INCREMENT BY 20 MINVALUE 5 MAXVALUE 900 ENGINE=Aria COMMENT 'x';
                CREATE SEQUENCE {t}_new;
                """),
    ]
}
