import Testing

@testable import Schema

@Suite struct ModeDependenceTests {
    @Test(arguments: [
        ("CREATE TABLE t (a int DEFAULT 1, b char(2) DEFAULT 'it''s')", [String]()),
        (#"SELECT 'a\n', 'b\\c'"#, ["NO_BACKSLASH_ESCAPES 7"]),
        (#"SELECT "a", 'b"c'"#, ["ANSI_QUOTES 7"]),
        ("SELECT a || b || c, '||', a | b", ["PIPES_AS_CONCAT 9"]),
        ("SELECT ''", ["EMPTY_STRING_IS_NULL 7"]),
        ("SELECT NOT a BETWEEN 1 AND 2", ["HIGH_NOT_PRECEDENCE 7"]),
        ("a int NOT NULL CHECK (a NOT IN (1) AND NOT EXISTS (x))", []),
        (#"SELECT 'never ends\' "#, []),
        ("SELECT 'a' -- \"b\" || 'c'\n", []),
    ])
    func found(text: String, expected: [String]) {
        let found = ModeDependence.found(in: text).map { "\($0.mode.rawValue) \($0.offset)" }
        #expect(found == expected, "\(text)")
    }

    @Test func aProfileSaysInWhichModeFilesAreMeant() {
        let profile = ServerProfile(
            flavour: .mariadb, version: "10.11.6", sqlMode: "STRICT_TRANS_TABLES",
            characterSet: "utf8mb4", collation: "utf8mb4_bin")
        #expect(profile.readingFiles(in: nil) == profile)
        // What changes nothing leaves the digest that older releases know.
        #expect(profile.readingFiles(in: "strict_trans_tables").digest == profile.digest)
        let own = profile.readingFiles(in: "STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES")
        #expect(own.fileMode == "NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES")
        #expect(own.digest != profile.digest)
        #expect(own.readingFiles(in: "") != own)
        // No server may slip a line into a statement that another one runs.
        #expect(profile.readingFiles(in: "A\nDROP TABLE t") == profile)
        #expect(own.readsOtherwise([#"a char(9) DEFAULT 'C:\\'"#]))
        #expect(!own.readsOtherwise(["a char(9) DEFAULT 'C:'"]))
        #expect(!profile.readsOtherwise([#"'C:\\'"#]))
        #expect(profile.readingFiles(in: "ORACLE").readsOtherwise(["a date"]))
    }

    /// MySQL does not read its own words where NOT binds tightly.
    @Test func anEventThatMySQLShowsCanBeMadeAgain() throws {
        func text(_ mode: String, _ flavour: ServerProfile.Flavour) throws -> String {
            let create =
                "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY ON COMPLETION NOT PRESERVE ENABLE DO "
                + "SET @a = ' ON COMPLETION NOT PRESERVE ENABLE'"
            let event = try #require(
                ObjectDefinition(
                    create: create, CreationSettings(sqlMode: mode, timeZone: "SYSTEM")))
            let profile = ServerProfile(
                flavour: flavour, version: "9.7.4", sqlMode: "", characterSet: "utf8mb4",
                collation: "utf8mb4_bin")
            return event.withSettings(event.create, in: profile)
        }
        let mode = "HIGH_NOT_PRECEDENCE"
        #expect(
            try text(mode, .mysql)
                == "-- sql_mode: \(mode)\n-- time_zone: SYSTEM\n"
                + "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY ENABLE DO "
                + "SET @a = ' ON COMPLETION NOT PRESERVE ENABLE'")
        #expect(try text(mode, .mariadb).contains("DAY ON COMPLETION NOT PRESERVE ENABLE DO"))
        #expect(try text("ANSI_QUOTES", .mysql).contains("DAY ON COMPLETION NOT PRESERVE"))
    }
}
