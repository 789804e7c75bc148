extension SupportCases {
    static let constraints: [SupportCase] = [
        SupportCase(
            id: "foreign-key",
            before: """
                CREATE TABLE {t}_p (id int PRIMARY KEY);
                CREATE TABLE {t} (id int PRIMARY KEY, a int, b int, c int,
                  CONSTRAINT {t}_a FOREIGN KEY (a) REFERENCES {t}_p (id),
                  CONSTRAINT {t}_b FOREIGN KEY (b) REFERENCES {t}_p (id));
                """,
            after: """
                CREATE TABLE {t} (id int PRIMARY KEY, a int, b int, c int,
                  CONSTRAINT {t}_a FOREIGN KEY (a) REFERENCES {t}_p (id) ON DELETE CASCADE,
                  CONSTRAINT {t}_c FOREIGN KEY (c) REFERENCES {t}_q (id) ON UPDATE SET NULL);
                CREATE TABLE {t}_p (id int PRIMARY KEY);
                CREATE TABLE {t}_q (id int PRIMARY KEY);
                """),
        SupportCase(
            id: "foreign-key-self",
            before: "CREATE TABLE {t} (id int PRIMARY KEY, up bigint);",
            after: """
                CREATE TABLE {t} (id bigint PRIMARY KEY, up bigint, code int UNIQUE, top int,
                  CONSTRAINT {t}_a FOREIGN KEY (up) REFERENCES {t} (id),
                  CONSTRAINT {t}_b FOREIGN KEY (top) REFERENCES {t} (code));
                """),
        SupportCase(
            id: "foreign-key-counter",
            before: """
                CREATE TABLE {t}_p (id int PRIMARY KEY);
                CREATE TABLE {t} (id int PRIMARY KEY, up int, a int,
                  CONSTRAINT {t}_a FOREIGN KEY (up) REFERENCES {t} (id),
                  CONSTRAINT {t}_b FOREIGN KEY (a) REFERENCES {t}_p (id));
                """,
            after: """
                CREATE TABLE {t}_p (id int PRIMARY KEY AUTO_INCREMENT);
                CREATE TABLE {t} (id int PRIMARY KEY AUTO_INCREMENT, up int, a int,
                  CONSTRAINT {t}_a FOREIGN KEY (up) REFERENCES {t} (id),
                  CONSTRAINT {t}_b FOREIGN KEY (a) REFERENCES {t}_p (id));
                """),
        SupportCase(
            id: "foreign-key-engine",
            before: """
                CREATE TABLE {t}_p (id int PRIMARY KEY);
                CREATE TABLE {t}_q (id int PRIMARY KEY);
                CREATE TABLE {t} (id int PRIMARY KEY, up int, a int, b int,
                  CONSTRAINT {t}_a FOREIGN KEY (up) REFERENCES {t} (id),
                  CONSTRAINT {t}_b FOREIGN KEY (a) REFERENCES {t}_p (id),
                  CONSTRAINT {t}_c FOREIGN KEY (b) REFERENCES {t}_q (id));
                """,
            after: """
                CREATE TABLE {t}_p (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;
                CREATE TABLE {t}_q (id int PRIMARY KEY) ENGINE=MyISAM;
                CREATE TABLE {t} (id int PRIMARY KEY, up int, a int, b int) ENGINE=MyISAM;
                """),
        SupportCase(
            id: "foreign-key-cycle",
            after: """
                CREATE TABLE {t} (id int PRIMARY KEY, other int,
                  CONSTRAINT {t}_a FOREIGN KEY (other) REFERENCES {t}_b (id));
                CREATE TABLE {t}_b (id int PRIMARY KEY, other int,
                  CONSTRAINT {t}_c FOREIGN KEY (other) REFERENCES {t} (id));
                """),
        SupportCase(
            id: "foreign-key-goes",
            before: """
                CREATE TABLE {t}_p (id int PRIMARY KEY, a int, UNIQUE KEY a (a));
                CREATE TABLE {t} (id int PRIMARY KEY, a int,
                  CONSTRAINT {t}_a FOREIGN KEY (a) REFERENCES {t}_p (a));
                """,
            after: """
                CREATE TABLE {t}_p (id int PRIMARY KEY, b int);
                CREATE TABLE {t} (id int PRIMARY KEY, a int);
                """),
        SupportCase(
            id: "foreign-key-retyped",
            before: """
                CREATE TABLE {t}_p (id int PRIMARY KEY);
                CREATE TABLE {t} (id int PRIMARY KEY, a int,
                  CONSTRAINT {t}_a FOREIGN KEY (a) REFERENCES {t}_p (id));
                """,
            after: """
                CREATE TABLE {t}_p (id bigint PRIMARY KEY);
                CREATE TABLE {t} (id int PRIMARY KEY, a bigint,
                  CONSTRAINT {t}_a FOREIGN KEY (a) REFERENCES {t}_p (id));
                """),
        SupportCase(
            id: "foreign-key-retyped",
            before: """
                CREATE TABLE {t}_v (id varchar(9) PRIMARY KEY);
                CREATE TABLE {t}_w (id int PRIMARY KEY, a varchar(9),
                  CONSTRAINT {t}_w FOREIGN KEY (a) REFERENCES {t}_v (id));
                """,
            after: """
                CREATE TABLE {t}_v (id varchar(300) PRIMARY KEY);
                CREATE TABLE {t}_w (id int PRIMARY KEY, a varchar(9),
                  CONSTRAINT {t}_w FOREIGN KEY (a) REFERENCES {t}_v (id));
                CREATE TABLE {t}_x (id int PRIMARY KEY, a int,
                  CONSTRAINT {t}_x FOREIGN KEY (a) REFERENCES {t}_w (id));
                CREATE VIEW {t}_y AS SELECT a FROM {t}_x;
                """),
        SupportCase(
            id: "foreign-key-moved",
            before: """
                CREATE TABLE {t}_p (id int PRIMARY KEY, a int, UNIQUE KEY a (a));
                CREATE TABLE {t} (id int PRIMARY KEY, a int, KEY a (a),
                  FOREIGN KEY (a) REFERENCES {t}_p (a));
                """,
            after: """
                CREATE TABLE {t}_p (id int PRIMARY KEY, b int, UNIQUE KEY b (b));
                CREATE TABLE {t} (id int PRIMARY KEY, b int, KEY b (b),
                  FOREIGN KEY (b) REFERENCES {t}_p (b));
                """),
        SupportCase(
            id: "foreign-key-mutual",
            before: """
                CREATE TABLE {t} (id int PRIMARY KEY, i int, UNIQUE KEY i (i),
                  CONSTRAINT {t}_a FOREIGN KEY (i) REFERENCES {t}_b (id));
                CREATE TABLE {t}_b (id int PRIMARY KEY, i int,
                  CONSTRAINT {t}_c FOREIGN KEY (i) REFERENCES {t} (i));
                """,
            after: "CREATE TABLE {t} (id int PRIMARY KEY);"),
        SupportCase(
            id: "foreign-key-mutual",
            before: """
                CREATE TABLE {t}_z (id int PRIMARY KEY, i int, UNIQUE KEY i (i),
                  CONSTRAINT {t}_z FOREIGN KEY (i) REFERENCES {t}_y (id));
                CREATE TABLE {t}_y (id int PRIMARY KEY, i int,
                  CONSTRAINT {t}_y FOREIGN KEY (i) REFERENCES {t}_z (i));
                """,
            after: "CREATE TABLE {t}_z (id int PRIMARY KEY);"),
        SupportCase(
            id: "foreign-key-dangling",
            after: """
                CREATE TABLE {t} (id int PRIMARY KEY, a int,
                  FOREIGN KEY (a) REFERENCES {t}_nowhere (id));
                """,
            outcome: .refused(
                .reading,
                "`t_foreign_key_dangling` refers to the table `t_foreign_key_dangling_nowhere`")),
        SupportCase(
            id: "foreign-key-unfit",
            after: """
                CREATE TABLE {t}_p (id int PRIMARY KEY);
                CREATE TABLE {t} (id int PRIMARY KEY, a varchar(9),
                  CONSTRAINT {t}_a FOREIGN KEY (a) REFERENCES {t}_p (id));
                """,
            outcome: .refused(.server, "t_foreign_key_unfit_a")),
        SupportCase(
            id: "check",
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int, CONSTRAINT {t}_a CHECK (a > 0),
                  CONSTRAINT {t}_b CHECK (b > 0));
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, b int CHECK (b < 99),
                  CONSTRAINT {t}_a CHECK (a > 1), CONSTRAINT {t}_c CHECK (a < b));
                """),
        SupportCase(
            id: "check-not-enforced", on: .mysql,
            before: """
                CREATE TABLE {t} (a int PRIMARY KEY, CONSTRAINT {t}_a CHECK (a > 0),
                  CONSTRAINT {t}_b CHECK (a > 1) NOT ENFORCED);
                """,
            after: """
                CREATE TABLE {t} (a int PRIMARY KEY, CONSTRAINT {t}_a CHECK (a > 0) NOT ENFORCED,
                  CONSTRAINT {t}_b CHECK (a > 1));
                """),
    ]
}
