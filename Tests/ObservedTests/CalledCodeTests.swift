import Testing

@testable import Observed
@testable import Schema
@testable import TestSupport

/// MariaDB computes arguments that must be constant while it makes a view, and calls what they
/// call; what an event does is done by the server, by itself.
@Suite("attack: no code of a file runs in the workspace")
struct CalledCodeTests {
    private static let function =
        "CREATE FUNCTION f() RETURNS text DETERMINISTIC MODIFIES SQL DATA BEGIN "
        + "INSERT INTO canary VALUES (666); RETURN concat('~', 'kept'); END"

    @Test(
        "attack: a function that is called while a view is made", arguments: TestServer.available,
        [
            "extractvalue('<a/>', f())", "updatexml('<a/>', f(), 'x')", "'a' REGEXP f()",
            "'a' LIKE 'b' ESCAPE f()", "f() IN ('a', f())", "round(1.5, f())",
        ])
    func function(kind: TestServer.Kind, call: String) throws {
        let target = try Target(kind)
        for header in ["", "COMMENT 'a' ", "READS SQL DATA DETERMINISTIC "] {
            let text = target.reaching(Self.function).replacing(
                "RETURNS text ", with: "RETURNS text \(header)")
            let message = target.refusal([(.function, "f", text), (.view, "v", view(call))])
            #expect(message?.contains("kept") != true)
            try target.expectKept()
        }
    }

    @Test("attack: the word that makes it constant, where another mode has a string")
    func hiddenWord() throws {
        let target = try Target(.mariadb1011)
        let text = target.reaching(
            #"CREATE FUNCTION f() RETURNS text COMMENT '\' DETERMINISTIC COMMENT ' ' BEGIN "#
                + "INSERT INTO canary VALUES (666); RETURN 'a' /* ' */; END")
        let marked = ObjectDefinition.marked(
            text, CreationSettings(sqlMode: "NO_BACKSLASH_ESCAPES"))
        _ = target.refusal([(.function, "f", marked), (.view, "v", view("'a' REGEXP f()"))])
        try target.expectKept()
    }

    @Test("What a function is does not change by that", arguments: TestServer.available)
    func kept(kind: TestServer.Kind) throws {
        let text =
            "CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC READS SQL DATA RETURN a + 1"
        let made = try Target(kind).make([
            (.function, "f", text), (.view, "v", view("f(2)")),
            (.view, "w", "CREATE VIEW w AS WITH c (b) AS (SELECT f(3)) SELECT b FROM c"),
        ])
        let shown = try #require(made[ObjectName(.function, "f").encoded]?.text)
        #expect(shown.contains("READS SQL DATA\n    DETERMINISTIC"))
        #expect(made.count == 3)
    }

    @Test(
        "attack: functions that read, wait and count while a view is made",
        arguments: [
            "load_file('/etc/passwd')", "benchmark(9e18, sha2('a', 512))", "`LOAD_FILE`('/x')",
            "master_gtid_wait('0-1-1')", "kdf('a', 'b', 2000000000)", "get_lock('a', 1)",
            "canary.f()", "sys.version_major()", "sys_eval('id')",
        ])
    func native(call: String) throws {
        let target = try Target(.mariadb1011)
        let message = target.refusal([(.view, "v", view("extractvalue('<a/>', \(call))"))])
        #expect(message?.contains("the function") == true, "\(message ?? "accepted")")
    }

    private struct Sleeper: Sendable {
        let mode: String
        let text: String
    }

    private static let sleepers = [
        Sleeper(
            mode: "NO_BACKSLASH_ESCAPES",
            text: #"CREATE EVENT e ON SCHEDULE EVERY '1\' SECOND ENABLE COMMENT ' DISABLE DO ' DO "#
                + "INSERT INTO canary /* ' */ VALUES (666)"),
        Sleeper(
            mode: "ANSI_QUOTES",
            text: #"CREATE DEFINER="root\"@localhost EVENT e ON SCHEDULE EVERY 1 SECOND ENABLE "#
                + #"COMMENT 'x" EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO ' DO "#
                + "INSERT INTO canary VALUES (666)"),
    ]

    @Test(
        "attack: an event that seems asleep under another mode", arguments: TestServer.available,
        sleepers)
    private func event(kind: TestServer.Kind, sleeper: Sleeper) throws {
        let target = try Target(kind)
        let object = ObjectToNormalise(
            name: ObjectName(.event, "e"),
            text: ObjectDefinition.marked(
                target.reaching(sleeper.text), CreationSettings(sqlMode: sleeper.mode)),
            location: Target.place)
        let guarded = TextGuard(
            profile: target.fixture.profile, permissions: StatementText.Permissions())
        guard case .success(let definition) = guarded.definition(of: object) else { return }
        let sent = try StatementText.read(
            definition.disabled.create,
            dialect: Dialect(target.fixture.profile, sqlMode: sleeper.mode)
        ).sql
        let words = sent.words(under: sleeper.mode)
        #expect(words.contains("DISABLE") && !words.contains("ENABLE"), "\(sent)")
    }

    private func view(_ call: String) -> String { "CREATE VIEW v AS SELECT \(call) AS x" }

    private struct Target {
        static let place = SourceLocation(file: "schema/v.sql", line: 1, column: 1)
        let fixture: WorkspaceFixture
        private let database: String
        private let root: Connection

        init(_ kind: TestServer.Kind) throws {
            fixture = try WorkspaceFixture(kind)
            database = try fixture.server.freshDatabase()
            root = try fixture.server.connect(database: database)
            try root.execute("CREATE TABLE canary (a int)")
        }

        func reaching(_ text: String) -> String {
            text.replacing("canary", with: "\(database).canary")
        }

        func make(
            _ objects: [(ObjectName.Kind, String, String)]
        ) throws -> [String: CatalogTable] {
            try fixture.use { workspace throws(WorkspaceError) in
                try workspace.normalise(
                    [],
                    objects: objects.map { kind, name, text in
                        ObjectToNormalise(
                            name: ObjectName(kind, name), text: text, location: Self.place)
                    })
            }
        }

        /// Nil where all is taken.
        func refusal(_ objects: [(ObjectName.Kind, String, String)]) -> String? {
            do {
                _ = try make(objects)
                return nil
            } catch {
                return "\(error)"
            }
        }

        func expectKept() throws {
            #expect(try root.query("SELECT a FROM canary").isEmpty)
        }
    }
}

extension String {
    /// The words outside of strings and quoted names, as a server reads them under the mode.
    fileprivate func words(under mode: String) -> Set<String> {
        var copy = self
        return copy.withUTF8 { bytes in
            var lexer = Lexer(
                bytes, dialect: Dialect(flavour: .mariadb, versionID: 101_119, sqlMode: mode))
            var words: Set<String> = []
            while let token = try? lexer.next(), token.kind != .end {
                guard token.kind == .word else { continue }
                words.insert(String(decoding: bytes[token.range], as: UTF8.self).uppercased())
            }
            return words
        }
    }
}
