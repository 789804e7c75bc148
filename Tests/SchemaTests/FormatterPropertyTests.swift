import TestSupport
import Testing

@testable import Schema

@Suite("However a file is written, its form says the same and is final")
struct FormatterPropertyTests {
    /// Statements of every kind, whose white space the test replaces.
    private static let samples = [
        """
        CREATE TABLE t (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, `a b` DECIMAL(12,2) DEFAULT
        -1.5 COMMENT 'it''s -- no comment', c ENUM('x','/* y */') CHARACTER SET utf8mb4 COLLATE
        utf8mb4_bin, PRIMARY KEY (id), UNIQUE KEY u (c(3), `a b` DESC), KEY (`a b`)) ENGINE=InnoDB
        DEFAULT CHARSET=utf8mb4 COMMENT='a;b'; INSERT INTO t VALUES (1, 'x'); CREATE TABLE s (a INT)
        """,
        """
        CREATE TABLE if not exists orders (id INT, total DOUBLE PRECISION, at DATETIME(6) DEFAULT
        CURRENT_TIMESTAMP(6) ON UPDATE now(6), x INT GENERATED ALWAYS AS (id*2 + if(id>=3,1,0))
        STORED, j JSON, k VARCHAR(9) AS (j->>'$.k') VIRTUAL, CONSTRAINT fk FOREIGN KEY f (id, x)
        REFERENCES other (a, b) ON DELETE SET NULL ON UPDATE NO ACTION, CONSTRAINT `ch k` CHECK
        (id <> 3 AND total<=-1 OR NOT id IN (1, 2)) NOT ENFORCED, FULLTEXT INDEX w (k) WITH PARSER
        ngram, INDEX e ((id + 1), (lower(k)) DESC));
        """,
        """
        CREATE TABLE p (id INT NOT NULL, d DATE DEFAULT (CURRENT_DATE), b BINARY(2) DEFAULT
        x'4142', n VARCHAR(3) DEFAULT _utf8mb4'abc' , c NATIONAL CHARACTER VARYING(3), PERIOD FOR v
        (s, e)) WITH SYSTEM VERSIONING ROW_FORMAT=DYNAMIC, AUTO_INCREMENT 5 DATA DIRECTORY='/x'
        PARTITION BY RANGE COLUMNS (id, d) SUBPARTITION BY HASH (id) (PARTITION p0 VALUES LESS THAN
        (1, '2020-01-01') ENGINE = InnoDB (SUBPARTITION a, SUBPARTITION b), PARTITION `p 1` VALUES
        LESS THAN (MAXVALUE, MAXVALUE)); CREATE VIEW v AS SELECT  1;
        """,
        """
        CREATE OR REPLACE TABLE db.`dump` (`id` int(11) NOT NULL /*!80023 INVISIBLE */, `h` char(3)
        /*!50606 COLUMN_FORMAT DYNAMIC */ DEFAULT NULL, KEY `k` (`h`) /*!80000 INVISIBLE */)
        /*!50100 TABLESPACE `x` */ ENGINE=InnoDB /*!50100 PARTITION BY KEY (id) PARTITIONS 4 */
        """,
    ]

    @Test("Comments and white space of any kind between any two tokens", arguments: 0..<400)
    func anyTrivia(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let text = Self.scattered(Self.samples[seed % Self.samples.count], &generator)
        let once = try format(text)
        #expect(tokens(once) == tokens(text), "\(text)")
        #expect(comments(once) == comments(text), "\(text)")
        #expect(try format(once) == once, "\(text)")
    }

    @Test("Text with any damage is refused or keeps what it says", arguments: 0..<400)
    func anyDamage(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = Array(Self.samples[seed % Self.samples.count].utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let signs = Array("(),;'`\"/*-!=.@ \naK9".utf8)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = generator.any(signs)
            default: bytes.insert(generator.any(signs), at: place)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            let once = try format(text)
            #expect(tokens(once) == tokens(text), "\(text)")
            #expect(try format(once) == once, "\(text)")
        } catch let error as SchemaError {
            #expect(error.code != .notPreserved, "\(error)\n\(text)")
        }
    }

    /// `text` with other white space and comments between its tokens.
    private static func scattered(
        _ text: String, _ generator: inout SeededGenerator
    ) -> String {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            var lexer = Lexer(bytes)
            lexer.delimiter = [UInt8(ascii: ";")]
            var result = ""
            var previous: Token?
            while let token = try? lexer.next(), token.kind != .end {
                if let previous {
                    let isGlue =
                        previous.end == token.start
                        && (GlueRules.matters(previous, token, in: bytes)
                            || GlueRules.isOperator(previous, bytes)
                            || GlueRules.isOperator(token, bytes))
                    result += isGlue ? "" : trivia(&generator)
                }
                result += String(decoding: bytes[token.range], as: UTF8.self)
                previous = token
            }
            return result + trivia(&generator)
        }
    }

    private static func trivia(_ generator: inout SeededGenerator) -> String {
        let number = Int.random(in: 0..<1000, using: &generator)
        switch Int.random(in: 0..<24, using: &generator) {
        case 0: return " -- line \(number)\n"
        case 1: return "\n-- own \(number)  \n\n"
        case 2: return " /* block \(number) */ "
        case 3: return "\n  /* own \(number)\n   * two */\n"
        case 4: return "\n\n# hash \(number)\n  "
        case 5: return "\r\n"
        case 6: return "\n/**/ "
        case 7: return " /* a */ -- b \(number)\n /* c */\n"
        case 8: return "\n\n\n"
        case 9: return "\t"
        case 10: return " --\n"
        default: return " "
        }
    }

    private func format(_ text: String) throws -> String {
        String(
            decoding: try ScriptFormatter.formatted(Array(text.utf8), file: "t.sql"),
            as: UTF8.self)
    }

    private func tokens(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            var lexer = Lexer(bytes)
            var result: [String] = []
            while let token = try? lexer.next(), token.kind != .end {
                let word = String(decoding: bytes[token.range], as: UTF8.self)
                result.append(token.kind == .word ? word.uppercased() : word)
            }
            return result
        }
    }

    private func comments(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            var lexer = Lexer(bytes)
            lexer.comments = []
            while let token = try? lexer.next(), token.kind != .end {}
            return (lexer.comments ?? []).map {
                String(decoding: CommentText.trimmed($0, in: bytes), as: UTF8.self)
            }
        }
    }
}
