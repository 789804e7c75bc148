extension SupportCases {
    /// Tables that hold each other by foreign keys.
    static let webs: [SupportCase] = [
        SupportCase(
            id: "web-circle", before: circle("smallint unsigned"), after: circle("int unsigned")),
        SupportCase(id: "web-chain", before: chain("int"), after: chain("bigint")),
        SupportCase(
            id: "web-six", before: six("smallint unsigned"), after: six("int unsigned")),
        SupportCase(id: "web-pair-keys", before: pair("int"), after: pair("bigint")),
        SupportCase(
            id: "web-rename",
            before: """
                CREATE TABLE {t}_a (id int PRIMARY KEY, b int, KEY (b),
                  CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (id));
                CREATE TABLE {t}_b (id int PRIMARY KEY, a int, KEY (a),
                  CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id));
                CREATE TABLE {t}_e (id int PRIMARY KEY, f int,
                  CONSTRAINT {t}_e FOREIGN KEY (f) REFERENCES {t}_f (id));
                CREATE TABLE {t}_f (id int PRIMARY KEY, e int,
                  CONSTRAINT {t}_f FOREIGN KEY (e) REFERENCES {t}_e (id));
                """,
            after: """
                -- plumb: renamed from {t}_a
                CREATE TABLE {t}_c (
                  -- plumb: renamed from id
                  nr bigint PRIMARY KEY, b bigint, KEY (b),
                  CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (nr));
                CREATE TABLE {t}_b (
                  -- plumb: renamed from id
                  nr bigint PRIMARY KEY, a bigint, KEY (a),
                  CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_c (nr));
                CREATE TABLE {t}_e (
                  -- plumb: renamed from id
                  nr int PRIMARY KEY, f int,
                  CONSTRAINT {t}_e FOREIGN KEY (f) REFERENCES {t}_f (nr));
                CREATE TABLE {t}_f (
                  -- plumb: renamed from id
                  nr int PRIMARY KEY, e int,
                  CONSTRAINT {t}_f FOREIGN KEY (e) REFERENCES {t}_e (nr));
                """, isReversible: false),
        SupportCase(
            id: "web-text", before: text("latin1", "latin1_swedish_ci"),
            after: text("utf8mb4", "utf8mb4_bin")),
        SupportCase(
            id: "web-engine",
            before: """
                CREATE TABLE {t}_a (id int PRIMARY KEY, b int, KEY (b),
                  CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (id));
                CREATE TABLE {t}_b (id int PRIMARY KEY, a int, c int, KEY (a), KEY (c),
                  CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id),
                  CONSTRAINT {t}_z FOREIGN KEY (c) REFERENCES {t}_c (id));
                CREATE TABLE {t}_c (id int PRIMARY KEY, b int, KEY (b),
                  CONSTRAINT {t}_w FOREIGN KEY (b) REFERENCES {t}_b (id));
                """,
            after: """
                CREATE TABLE {t}_a (id int PRIMARY KEY, b int, KEY (b)) ENGINE=MyISAM;
                CREATE TABLE {t}_b (id int PRIMARY KEY, a int, c int, KEY (a), KEY (c));
                CREATE TABLE {t}_c (id int PRIMARY KEY, b int, KEY (b),
                  CONSTRAINT {t}_w FOREIGN KEY (b) REFERENCES {t}_b (id))
                """),
        SupportCase(
            id: "web-members",
            before: """
                CREATE TABLE {t}_a (id int PRIMARY KEY, b int, KEY (b),
                  CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (id));
                CREATE TABLE {t}_b (id int PRIMARY KEY, a int, KEY (a),
                  CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id));
                """,
            after: """
                CREATE TABLE {t}_a (id bigint PRIMARY KEY, c int, KEY (c),
                  CONSTRAINT {t}_x FOREIGN KEY (c) REFERENCES {t}_c (id));
                CREATE TABLE {t}_c (id int PRIMARY KEY, a bigint, KEY (a),
                  CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id));
                """),
        SupportCase(id: "web-unique", before: unique("int"), after: unique("int unsigned")),
        SupportCase(id: "web-generated", before: generated("int"), after: generated("bigint")),
    ]

    private static func circle(_ type: String) -> String {
        """
        CREATE TABLE {t}_a (id \(type) PRIMARY KEY, b \(type),
          CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (id) ON DELETE SET NULL);
        CREATE TABLE {t}_b (id \(type) PRIMARY KEY, a \(type) NOT NULL,
          CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id) ON UPDATE CASCADE);
        """
    }

    private static func chain(_ type: String) -> String {
        """
        CREATE TABLE {t}_a (id \(type) PRIMARY KEY, up \(type),
          CONSTRAINT {t}_x FOREIGN KEY (up) REFERENCES {t}_a (id));
        CREATE TABLE {t}_b (id \(type) PRIMARY KEY, a \(type),
          CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id));
        CREATE TABLE {t}_c (id \(type) PRIMARY KEY, b \(type),
          CONSTRAINT {t}_z FOREIGN KEY (b) REFERENCES {t}_b (id));
        """
    }

    private static func six(_ type: String) -> String {
        """
        CREATE TABLE {t}_country (id \(type) PRIMARY KEY);
        CREATE TABLE {t}_city (id \(type) PRIMARY KEY, country \(type) NOT NULL,
          CONSTRAINT {t}_1 FOREIGN KEY (country) REFERENCES {t}_country (id) ON DELETE CASCADE);
        CREATE TABLE {t}_place (id \(type) PRIMARY KEY, city \(type),
          CONSTRAINT {t}_2 FOREIGN KEY (city) REFERENCES {t}_city (id));
        CREATE TABLE {t}_shop (id \(type) PRIMARY KEY, place \(type), boss \(type),
          CONSTRAINT {t}_3 FOREIGN KEY (place) REFERENCES {t}_place (id),
          CONSTRAINT {t}_4 FOREIGN KEY (boss) REFERENCES {t}_person (id));
        CREATE TABLE {t}_person (id \(type) PRIMARY KEY, shop \(type), home \(type),
          CONSTRAINT {t}_5 FOREIGN KEY (shop) REFERENCES {t}_shop (id),
          CONSTRAINT {t}_6 FOREIGN KEY (home) REFERENCES {t}_place (id));
        CREATE TABLE {t}_bill (id \(type) PRIMARY KEY, payer \(type), shop \(type),
          CONSTRAINT {t}_7 FOREIGN KEY (payer) REFERENCES {t}_person (id),
          CONSTRAINT {t}_8 FOREIGN KEY (shop) REFERENCES {t}_shop (id));
        """
    }

    private static func pair(_ type: String) -> String {
        """
        CREATE TABLE {t}_a (id \(type), part int, PRIMARY KEY (id, part), UNIQUE KEY (id),
          home \(type), CONSTRAINT {t}_w FOREIGN KEY (home) REFERENCES {t}_b (id));
        CREATE TABLE {t}_b (id \(type) PRIMARY KEY, payer \(type), payer_part int,
          seller \(type), KEY (payer, payer_part),
          CONSTRAINT {t}_x FOREIGN KEY (payer, payer_part) REFERENCES {t}_a (id, part),
          CONSTRAINT {t}_y FOREIGN KEY (seller) REFERENCES {t}_a (id),
          CONSTRAINT {t}_z FOREIGN KEY (payer) REFERENCES {t}_b (id));
        """
    }

    private static func text(_ set: String, _ collation: String) -> String {
        """
        CREATE TABLE {t}_a (code varchar(20) PRIMARY KEY, b varchar(20), KEY (b),
          CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (code))
          DEFAULT CHARSET=\(set) COLLATE=\(collation);
        CREATE TABLE {t}_b (code varchar(20) PRIMARY KEY, a varchar(20), KEY (a),
          CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (code))
          DEFAULT CHARSET=\(set) COLLATE=\(collation);
        """
    }

    private static func unique(_ type: String) -> String {
        """
        CREATE TABLE {t}_a (id int PRIMARY KEY, nr \(type), b \(type), UNIQUE KEY nr (nr),
          CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (nr));
        CREATE TABLE {t}_b (id int PRIMARY KEY, nr \(type), a \(type), UNIQUE KEY nr (nr),
          CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (nr));
        """
    }

    private static func generated(_ type: String) -> String {
        """
        CREATE TABLE {t}_a (id \(type) PRIMARY KEY, b \(type), KEY (b),
          CONSTRAINT {t}_x FOREIGN KEY (b) REFERENCES {t}_b (id));
        CREATE TABLE {t}_b (id \(type) PRIMARY KEY, n \(type),
          a \(type) GENERATED ALWAYS AS (n + 1) STORED, KEY (a),
          CONSTRAINT {t}_y FOREIGN KEY (a) REFERENCES {t}_a (id));
        """
    }
}
