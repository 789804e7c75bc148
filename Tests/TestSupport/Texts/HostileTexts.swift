/// Random `CREATE` statements as the author of a pull request may write them.
///
/// Between the tokens stand comments and blanks of every kind, some clauses stand in executable
/// comments of random versions, strings are written in every manner.
package struct HostileTexts {
    private var random: SeededGenerator

    package init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// A statement without anything that reaches further, and what it makes.
    package mutating func harmless() -> (name: ObjectName, text: String) {
        let (name, clauses) = statement()
        return (name, joined(clauses.flatMap { wrapped($0) }))
    }

    /// A statement with one to three things in it that must never take effect.
    package mutating func hostile() -> (name: ObjectName, text: String) {
        let (name, clauses) = statement()
        var tokens = clauses.flatMap { wrapped($0) }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 1...tokens.count, using: &random)
            tokens.insert(contentsOf: payload(), at: place)
        }
        return (name, joined(tokens))
    }

    // MARK: Statements

    private struct Clause {
        let tokens: [String]
        var isOptional = false

        init(_ text: String) { tokens = text.split(separator: " ").map(String.init) }

        init(optional tokens: [String]) {
            self.tokens = tokens
            isOptional = true
        }
    }

    private mutating func statement() -> (ObjectName, [Clause]) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            return (
                ObjectName(.table, "t"),
                [
                    Clause("CREATE TABLE"), Clause("t ( id int NOT NULL"),
                    Clause(optional: comment()),
                    Clause(", c varchar ( 20 ) DEFAULT"), Clause(optional: [string()]),
                    Clause(", n int"), Clause(optional: ["DEFAULT", "5"]),
                    Clause(optional: ["INVISIBLE"]),
                    Clause(", PRIMARY KEY ( id ) , KEY k ( c )"), Clause(optional: comment()),
                    Clause(", CHECK ( n <> 7 ) ) ENGINE = InnoDB"), Clause(optional: comment()),
                    Clause(optional: ["PARTITION", "BY", "HASH", "(", "id", ")", "PARTITIONS", "2"]
                    ),
                ]
            )
        case 5:
            return (
                ObjectName(.view, "v"),
                [
                    Clause("CREATE"), Clause(optional: ["SQL", "SECURITY", "INVOKER"]),
                    Clause("VIEW v AS SELECT a"), Clause(optional: ["+", "b"]), Clause("AS x ,"),
                    Clause(optional: ["b", "-", "-", "1", ","]), Clause("b * 2 FROM base"),
                    Clause(optional: ["WHERE", "a", "<>", string()]),
                ]
            )
        case 6:
            return (
                ObjectName(.trigger, "g"),
                [
                    Clause("CREATE TRIGGER g BEFORE INSERT ON base FOR EACH ROW"),
                    Clause("BEGIN SET NEW . a = 1 ;"),
                    Clause(optional: ["SET", "@x", "=", string(), ";"]),
                    Clause("END"),
                ]
            )
        case 7:
            return (
                ObjectName(.event, "e"),
                [
                    Clause("CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS"),
                    Clause("'2038-01-01 00:00:00'".replacing(" ", with: "T")),
                    Clause(optional: ["ON", "COMPLETION", "PRESERVE"]), Clause("DISABLE"),
                    Clause(optional: ["COMMENT", string()]), Clause("DO DELETE FROM base"),
                    Clause(optional: ["WHERE", "a", "=", "1"]),
                ]
            )
        case 8:
            return (
                ObjectName(.function, "f"),
                [
                    Clause("CREATE FUNCTION f ( x int ) RETURNS int DETERMINISTIC"),
                    Clause(optional: ["COMMENT", string()]), Clause("RETURN x"),
                    Clause(optional: ["+", "1"]), Clause(optional: ["-", "-", "2"]),
                ]
            )
        default:
            return (
                ObjectName(.procedure, "p"),
                [
                    Clause("CREATE PROCEDURE p ( )"), Clause(optional: ["READS", "SQL", "DATA"]),
                    Clause("BEGIN SELECT"), Clause(optional: [string(), ","]),
                    Clause("a FROM base ;"),
                    Clause(optional: ["SELECT", string(), ";"]), Clause("END"),
                ]
            )
        }
    }

    private mutating func comment() -> [String] { ["COMMENT", string()] }

    private mutating func string() -> String {
        random.any([
            "'x'", "'it''s'", #"'a\'b'"#, #"'\\'"#, "'*/'", "'/*'", "'-- '", "'# x'", #""q""#,
            #""a'b""#,
            "'é'", "'a\tb'", "';'", "'`'", "'/*!99999 x */'", "'\u{A0}'",
        ])
    }

    /// The tokens of a clause; an optional one may be absent, or live on some servers only.
    private mutating func wrapped(_ clause: Clause) -> [String] {
        guard clause.isOptional else { return clause.tokens }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return []
        case 1, 2: return [versionMark()] + clause.tokens + ["*/"]
        default: return clause.tokens
        }
    }

    private mutating func versionMark() -> String {
        random.any(["/*!", "/*M!"])
            + random.any([
                "", "40000", "50000", "50700", "50799", "80023", "90600", "90704", "90705", "99999",
                "100300", "101119", "101120", "110809", "120000", "999999",
            ]) + " "
    }

    // MARK: Between tokens

    private mutating func joined(_ tokens: [String]) -> String {
        var text = tokens.first ?? ""
        for token in tokens.dropFirst() {
            let isTight = [text.last, token.first].contains {
                $0.map { "(),=;".contains($0) } ?? true
            }
            if !isTight || random.chance(50) { text += gap() }
            text += token
        }
        return text
    }

    private mutating func gap() -> String {
        guard random.chance(25) else { return " " }
        // Beside a comment that it leaves out a server may bring two words of a body together.
        return random.any([
            "\n", "\t", "\r\n", "\u{0B} ", "\u{0C} ", "  ", "/**/", "/* x */", " /* it's */ ",
            "/* \" ` */", "-- x\n", " -- it's\n", "--\n", "# x'\n", " /*!999999 ' */ ",
            " /*!99999 a /* b */ c */ ", " /*M!999999 \" */ ", "/* *//* */", " /*! */ ",
            " /*!50000 */ ", "/*\n*/",
        ])
    }

    // MARK: What must not take effect

    private mutating func payload() -> [String] {
        let reach = random.any([
            "OR REPLACE TABLE canary.orders (a int)", "; DROP DATABASE canary",
            "; DROP TABLE canary.orders ;",
            "AS SELECT * FROM canary.orders", "(SELECT * FROM canary.orders)", "IGNORE SELECT 1",
            "DATA DIRECTORY='/tmp'", "CONNECTION='mysql://h/d/t'", "ENGINE=FEDERATED",
            "LIKE canary.orders",
            "canary.", "INTO OUTFILE '/tmp/plumb-hostile'", "DO DROP TABLE canary.orders",
            "SONAME 'x.so'", "UNION=(canary.orders)", "DEFAULT (load_file('/etc/passwd'))",
            "SET GLOBAL max_connections = 7", "CREATE USER mallory",
            "ENABLE DO DROP TABLE canary.orders",
            "STARTS now() DO DROP TABLE canary.orders", "TEMPORARY",
        ])
        let mark = random.any([
            "*/", "/*", "'", "\"", "`", "\\", "\\'", "--", "-- ", "#", "$$", "$a$", "\0", "\u{A0}",
            "\u{3000}",
            "\u{85}", "\r", "\u{1}", "\u{7F}", "DELIMITER //\n", "//", "/*!", "/*M!", "/*!99999",
            "/*!50000",
            "/*!5", "@a", "x'", "_sjis'\\", "N'", "_latin1 ", ";", "?", "{", "[a]", "\\N", ":=",
        ])
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return [mark]
        case 1: return [reach]
        case 2: return [versionMark() + reach + " */"]
        case 3: return ["/* " + reach + " */"]
        case 4: return [mark, reach]
        default: return ["'\(mark)", reach, "\(random.any(["'", "\"", "`", "*/"]))"]
        }
    }
}
