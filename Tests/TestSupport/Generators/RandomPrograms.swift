import Schema

/// Views over tables and over other views.
struct ViewWriter {
    let relations: [RandomObjects.Relation]
    let functions: [String]
    let flavour: ServerProfile.Flavour

    /// Literals of all that a lexer may take for something else.
    static let literals = [
        "'plain'", "'it''s'", "'a\\\\b'", "'a;b'", "'-- no'", "'/* no */'", "'# `x`'", "\"two\"",
        "'grüße 🎈'", "'\\''", "''", "_utf8mb4'x'", "x'4142'", "'end'", "'`t`.`a`'", "N'wide'",
        "'a\\tb\\nc'", "'DELIMITER //'", "'100%_\\%'",
    ]

    func view(
        _ name: String, _ random: inout SeededGenerator
    ) -> (String, RandomObjects.Relation) {
        let base = relations.isEmpty ? nil : random.any(relations)
        var columns = base.map { Array($0.columns.prefix(random.any([1, 2, 3, 9]))) } ?? ["one"]
        var head = "CREATE "
        if let word = random.maybe(25, ["MERGE", "TEMPTABLE", "UNDEFINED"]) {
            head += "ALGORITHM=\(word) "
        }
        if random.chance(10) {
            head += random.any(["DEFINER=CURRENT_USER ", "DEFINER=root@localhost "])
        }
        if let word = random.maybe(20, ["INVOKER", "DEFINER"]) { head += "SQL SECURITY \(word) " }
        head += "VIEW \(SQL.identifier(name)) "
        var body = query(base, &columns, &random)
        if random.chance(20) {
            let names = columns.enumerated().map { index, _ in
                ["a", "v", "w", "x y", "order", "c", "n7", "n8", "n9"][index % 9]
            }
            head += "(\(names.map(SQL.identifier).joined(separator: ", "))) "
            columns = names
        }
        if body.hasSuffix("/*updatable*/") {
            body = String(body.dropLast("/*updatable*/".count))
            if random.chance(30) {
                body += random.any([
                    " WITH CHECK OPTION", " WITH LOCAL CHECK OPTION", " WITH CASCADED CHECK OPTION",
                ])
            }
        }
        return (
            head + "AS " + body, RandomObjects.Relation(name: name, columns: columns)
        )
    }

    private func query(
        _ base: RandomObjects.Relation?, _ columns: inout [String],
        _ random: inout SeededGenerator
    ) -> String {
        let literal = random.any(Self.literals)
        guard let base else { return "SELECT \(literal) AS one" }
        let from = SQL.identifier(base.name)
        let names = columns.map(SQL.identifier)
        let first = names[0]
        let list = names.joined(separator: ", ")
        let other = random.any(relations)
        switch Int.random(in: 0..<15, using: &random) {
        case 0:
            columns = base.columns
            return "SELECT * FROM \(from)"
        case 1: return "SELECT \(list) FROM \(from) WHERE \(first) <> \(literal)/*updatable*/"
        case 2: return "SELECT \(list) FROM \(from) WHERE NOT \(first) > 3/*updatable*/"
        case 3:
            columns = ["a", "b"]
            return
                "SELECT x.\(first) AS a, y.\(SQL.identifier(other.columns[0])) AS b FROM \(from) x "
                + random.any(["JOIN", "LEFT JOIN", "INNER JOIN", "STRAIGHT_JOIN"])
                + " \(SQL.identifier(other.name)) AS y ON x.\(first) = y.\(SQL.identifier(other.columns[0]))"
        case 4:
            columns = [columns[0]]
            return "SELECT \(first) FROM \(from) \(random.any(["UNION", "UNION ALL"])) "
                + "SELECT \(SQL.identifier(other.columns[0])) FROM \(SQL.identifier(other.name))"
        case 5:
            columns = ["n", "w"]
            return "SELECT count(*) AS n, max(\(first)) w FROM \(from) GROUP BY \(first) "
                + "HAVING count(*) > 1 ORDER BY \(first) DESC LIMIT 5"
        case 6:
            return
                "SELECT \(list) FROM \(from) WHERE \(random.any(["", "NOT "]))EXISTS (SELECT 1 FROM \(SQL.identifier(other.name)) z "
                + "WHERE z.\(SQL.identifier(other.columns[0])) IS NOT NULL)"
        case 7:
            columns = ["c"]
            return "SELECT d.c FROM (SELECT \(first) AS c FROM \(from)) AS d WHERE d.c IN (1, 2, 3)"
        case 8:
            columns = ["v"]
            let name = random.any(["q", "`v`", "`a`", "`t`"])
            return "WITH \(name) AS (SELECT \(first) AS v FROM \(from)) SELECT v FROM \(name)"
        case 9:
            columns = [columns[0], "r"]
            return
                "SELECT \(first), row_number() OVER (PARTITION BY \(first) ORDER BY \(first)) AS r "
                + "FROM \(from)"
        case 10:
            columns = ["f", "a"]
            let call =
                functions.isEmpty
                ? "abs(\(first))" : "\(SQL.identifier(random.any(functions)))(\(first))"
            return "SELECT \(call) AS f, \(literal) AS a FROM \(from)"
        case 11:
            // The names of other relations as those of columns and tables.
            let alias = random.any(["t", "u", "v", "w", "a", "c", "order"])
            columns = [alias]
            let quoted = SQL.identifier(alias)
            return "SELECT \(quoted).\(first) AS \(quoted) FROM \(from) \(quoted)"
        case 12:
            columns = ["q"]
            return "WITH q AS (SELECT \(first) AS q FROM \(from)), r AS (SELECT q FROM q) "
                + "SELECT q FROM r"
        case 13:
            columns = ["k"]
            return
                "SELECT CASE WHEN \(first) = \(literal) THEN 'x' ELSE concat(\(literal), 'y') END "
                + "AS k FROM \(from)"
        default:
            columns = ["s", "c"]
            return
                "SELECT (SELECT max(\(SQL.identifier(other.columns[0]))) FROM \(SQL.identifier(other.name))) "
                + "AS s, cast(\(first) AS CHAR(10)) AS c FROM \(from)"
        }
    }
}

/// Bodies of triggers, routines and events.
enum Programs {
    private static let parameterTypes = [
        "INT", "BIGINT UNSIGNED", "VARCHAR(20)", "VARCHAR(20) CHARSET latin1",
        "VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "DECIMAL(10, 2)", "TEXT",
        "ENUM('a;b','it''s')", "DATETIME(3)", "BINARY(4)", "JSON", "BIT(3)", "DOUBLE", "YEAR",
        "SET('x', 'y')", "BOOLEAN", "TIME",
    ]

    private static func characteristics(_ random: inout SeededGenerator) -> String {
        [
            random.maybe(30, ["COMMENT 'it''s; -- `x`'", "COMMENT 'grüße'", "COMMENT ''"]),
            random.maybe(30, ["SQL SECURITY INVOKER", "SQL SECURITY DEFINER"]),
            random.maybe(30, ["READS SQL DATA", "CONTAINS SQL", "MODIFIES SQL DATA", "NO SQL"]),
            random.maybe(20, ["LANGUAGE SQL", "LANGUAGE  SQL"]),
        ].compactMap { $0 }.map { $0 + random.any([" ", "\n  "]) }.joined()
    }

    static func procedure(_ name: String, _ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 0...3, using: &random)
        let parameters = ["one", "`two;`", "`in`"].prefix(count).map {
            random.any(["", "IN ", "OUT ", "INOUT "]) + $0 + " " + random.any(parameterTypes)
        }
        let comma = random.any([", ", ",\n  ", ","])
        return "CREATE PROCEDURE \(name)(\(parameters.joined(separator: comma)))"
            + random.any([" ", "\n"]) + characteristics(&random)
            + (random.maybe(15, ["NOT DETERMINISTIC ", "DETERMINISTIC "]) ?? "")
            + body(&random)
    }

    static func function(_ name: String, _ random: inout SeededGenerator) -> String {
        let type = random.any(parameterTypes)
        let result = random.any([
            "INT", "VARCHAR(20)", "VARCHAR(20) CHARSET latin1", "DECIMAL(9,3)",
        ])
        return "CREATE FUNCTION \(name)(n \(type)) RETURNS \(result) DETERMINISTIC "
            + characteristics(&random)
            + random.any([
                "RETURN 1", "RETURN n", "RETURN '2'",
                "BEGIN DECLARE x INT DEFAULT 3; WHILE x > 1 DO SET x = x - 1; END WHILE; RETURN x; END",
                "BEGIN /* ; */ RETURN 5; -- five\nEND", "RETURN (SELECT 4)",
                "BEGIN RETURN CASE WHEN 1 THEN 2 ELSE 3 END; END",
            ])
    }

    private static func body(_ random: inout SeededGenerator) -> String {
        let literal = random.any(ViewWriter.literals)
        return random.any([
            "SELECT 1", "SELECT \(literal) AS x", "SET @a = \(literal)",
            "BEGIN END", "begin end", "BEGIN\n  -- only; a comment\nEND",
            "BEGIN SELECT \(literal); SELECT 2; END",
            "lbl: BEGIN IF 1 THEN LEAVE lbl; END IF; END lbl",
            "BEGIN\n  DECLARE done INT DEFAULT 0;\n  DECLARE x INT;\n"
                + "  DECLARE c CURSOR FOR SELECT 1 FROM DUAL;\n"
                + "  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;\n  OPEN c;\n"
                + "  again: LOOP\n    FETCH c INTO x; # next\n    IF done THEN LEAVE again; END IF;\n"
                + "  END LOOP again;\n  CLOSE c;\nEND",
            "BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '45000' BEGIN END; "
                + "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = \(literal == "_utf8mb4'x'" ? "'m'" : "'it''s'"); END",
            "BEGIN CASE 1 WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE; REPEAT SET @a = 1; "
                + "UNTIL 1 END REPEAT; END",
            "BEGIN /*! SELECT 1; */ SELECT 'a' /* ; */ ; END",
            "BEGIN\r\n\tSELECT 1;\r\n\tEND", "SELECT 'end' AS `begin`",
            "BEGIN SELECT 1; END -- done",
            "BEGIN SELECT `if`.`case` FROM `end` `if`; END", "BEGIN START TRANSACTION; COMMIT; END",
        ])
    }

    static func triggerBody(
        _ column: String, _ time: String, _ random: inout SeededGenerator
    ) -> String {
        let literal = random.any(ViewWriter.literals)
        var bodies = [
            "SET @a = 1", "SET @a = \(literal)", "BEGIN END", "BEGIN SET @b = 1; SET @c = 2; END",
            "BEGIN\n  -- it's; a comment\n  SET @a = 2;\nEND", "SET @a = 3 -- why",
            "BEGIN IF @a THEN SET @b = 'if'; ELSEIF @b THEN SET @c = 1; END IF; END",
            "INSERT INTO `no``such` VALUES (1)", "CALL `p`()",
        ]
        if time == "BEFORE INSERT" {
            bodies += [
                "SET NEW.\(column) = NULL", "SET new.\(column) = 7",
                "BEGIN SET NEW.\(column) = NULL; END",
            ]
        }
        if time != "BEFORE INSERT" { bodies += ["SET @a = OLD.\(column)"] }
        return random.any(bodies)
    }

    static func event(
        _ name: String, _ flavour: ServerProfile.Flavour, _ random: inout SeededGenerator
    ) -> String {
        let schedule = random.any([
            "EVERY 1 DAY", "EVERY 2 HOUR STARTS '2036-01-01 00:00:00'", "AT '2036-05-06 07:08:09'",
            "EVERY '1:30' HOUR_MINUTE STARTS '2036-01-01 00:00:00' ENDS '2036-06-01 00:00:00'",
            "EVERY 1 MONTH ENDS '2036-06-01 12:00:00'", "EVERY 3 WEEK", "EVERY 1 + 1 MINUTE",
            "AT '2036-05-06'", "EVERY 1 YEAR STARTS TIMESTAMP'2036-01-01 00:00:00'",
        ])
        let parts = [
            "CREATE EVENT \(name) ON SCHEDULE \(schedule)",
            random.maybe(40, ["ON COMPLETION PRESERVE", "ON COMPLETION NOT PRESERVE"]),
            random.maybe(40, ["ENABLE", "DISABLE", "DISABLE ON SLAVE"]),
            random.maybe(30, ["COMMENT 'it''s; DO'", "COMMENT 'grüße'", "COMMENT ''"]),
            "DO", body(&random),
        ]
        return parts.compactMap { $0 }.joined(separator: random.any([" ", "\n"]))
    }
}
