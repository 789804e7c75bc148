import Testing

@testable import Schema

@Suite("The form of files: comments, gaps and what is left alone")
struct FormatterCommentTests {
    private static let commentCases = [
        FormatterCase(
            "behind the comma, before it, and behind the last",
            "CREATE TABLE t (a int, -- a\n b int -- b\n, c int # c\n);",
            "CREATE TABLE t (\n  a INT, -- a\n  b INT, -- b\n  c INT # c\n);\n"),
        FormatterCase(
            "above a definition, before and behind a comma",
            "CREATE TABLE t (\n-- a\na int\n-- b\n, b int,\n/* c */\n\nc int\n-- end\n);",
            "CREATE TABLE t (\n  -- a\n  a INT,\n  -- b\n  b INT,\n  /* c */\n\n  c INT\n  -- end\n);\n"
        ),
        FormatterCase(
            "commas first: the comment behind one is of what follows",
            "CREATE TABLE t (\n  a int -- a\n  , -- b\n  b int\n  , /* c */ c int\n);",
            "CREATE TABLE t (\n  a INT, -- a\n  -- b\n  b INT,\n  /* c */ c INT\n);\n"),
        FormatterCase(
            "before a definition on its line",
            "CREATE TABLE t (a int, /* b */ b int, /* c */\n c int);",
            "CREATE TABLE t (\n  a INT,\n  /* b */ b INT, /* c */\n  c INT\n);\n"),
        FormatterCase(
            "within a definition",
            "CREATE TABLE t (a /* x */ int -- y\n NOT NULL,\n b enum('a', -- one\n 'b'\n -- two\n));",
            "CREATE TABLE t (\n  a /* x */ INT -- y\n    NOT NULL,\n"
                + "  b ENUM('a', -- one\n    'b'\n    -- two\n    )\n);\n"),
        FormatterCase(
            "at the opening parenthesis and before it",
            "CREATE TABLE t -- the name\n ( -- the body\n -- a\n a int);",
            "CREATE TABLE t -- the name\n    ( -- the body\n  -- a\n  a INT\n);\n"),
        FormatterCase(
            "among the options, before and behind the end",
            "CREATE TABLE t (a int) -- close\nENGINE=x /* e */ COMMENT='c' -- last\n; -- end\n\n\n-- next\n",
            "CREATE TABLE t (\n  a INT\n) -- close\n  ENGINE=x /* e */ COMMENT='c'; -- last\n\n-- end\n\n-- next\n"
        ),
        FormatterCase(
            "a comment of several lines stays as it is",
            "CREATE TABLE t (\n      /* one\n       * two\n       */\n  a int);",
            "CREATE TABLE t (\n  /* one\n       * two\n       */\n  a INT\n);\n"),
        FormatterCase(
            "rename hints stay where they belong",
            "-- plumb: renamed from s\nCREATE TABLE t (a int -- plumb: renamed from x\n"
                + ", b int, -- plumb: renamed from y\n-- plumb: renamed from z\nc int);",
            "-- plumb: renamed from s\nCREATE TABLE t (\n  a INT, -- plumb: renamed from x\n"
                + "  b INT, -- plumb: renamed from y\n  -- plumb: renamed from z\n  c INT\n);\n"),
    ]

    @Test("Comments stay at what they stand at", arguments: commentCases)
    func comments(sample: FormatterCase) throws {
        #expect(try format(sample.text) == sample.formatted)
        #expect(try format(sample.formatted) == sample.formatted)
    }

    private static let gapCases = [
        FormatterCase(
            "one empty line between statements, one line feed at the end",
            "\n\nCREATE TABLE a (x int);CREATE TABLE b (x int);\n\n\n\nCREATE TABLE c (x int)",
            "CREATE TABLE a (\n  x INT\n);\n\nCREATE TABLE b (\n  x INT\n);\n\nCREATE TABLE c (\n  x INT\n)\n"
        ),
        FormatterCase(
            "comments above statements",
            "-- one\n\n\n\n-- two\nCREATE TABLE a (x int); -- a\n-- b\nCREATE TABLE b (x int);\n-- end",
            "-- one\n\n-- two\nCREATE TABLE a (\n  x INT\n); -- a\n\n-- b\nCREATE TABLE b (\n  x INT\n);\n\n-- end\n"
        ),
        FormatterCase(
            "line feeds of other systems",
            "CREATE TABLE a (\r\n  x int, -- x\r\n  y int\r\n);\r\n",
            "CREATE TABLE a (\n  x INT, -- x\n  y INT\n);\n"),
        FormatterCase(
            "a byte order mark", "\u{FEFF}CREATE TABLE a (x int);",
            "\u{FEFF}CREATE TABLE a (\n  x INT\n);\n"),
        FormatterCase(
            "white space in strings", "CREATE TABLE a (x char(9) DEFAULT 'a  \r\n\tb');",
            "CREATE TABLE a (\n  x CHAR(9) DEFAULT 'a  \r\n\tb'\n);\n"),
    ]

    @Test("What stands between statements", arguments: gapCases)
    func gaps(sample: FormatterCase) throws {
        #expect(try format(sample.text) == sample.formatted)
        #expect(try format(sample.formatted) == sample.formatted)
    }

    @Test(
        "What is no table with columns stays byte by byte",
        arguments: [
            "create  view v as\n select 1 ;\n\n\n  insert into t values (1);",
            "create table t like  other;", "create table t (a int) as  select 1;",
            "create table t select 1", "-- nothing but\n\n\n  -- comments  ", "", ";;\n",
            "delimiter //\ncreate trigger x before insert on t for each row begin  set @a=1; end//",
            "delimiter $$\ncreate table t (a int)$$",
        ])
    func untouched(text: String) throws {
        #expect(try format(text) == text)
    }

    @Test("Other statements beside a table stay as they are")
    func besides() throws {
        #expect(
            try format(
                "create  view v as select 1;create table t (a int);\nDELIMITER //\nselect  1//\n")
                == "create  view v as select 1;\n\nCREATE TABLE t (\n  a INT\n);\nDELIMITER //\nselect  1//\n"
        )
    }

    @Test("A faulty file is refused at the place of its fault")
    func faults() throws {
        let error = #expect(throws: SchemaError.self) {
            try format("CREATE TABLE t (\n  a int,\n  b decimel\n);")
        }
        #expect(
            error?.description
                == "t.sql:3:5: unknown column type `decimel`; did you mean `decimal`?")
    }

    @Test(
        "Names that are also keywords keep their case",
        arguments: [
            "KEY vector (`a`)", "KEY period (a)", "KEY hash USING BTREE (a)", "UNIQUE comment (a)",
            "CONSTRAINT stored FOREIGN KEY (a) REFERENCES virtual (no)", "comment INT",
            "action INT COMMENT 'x'", "status ENUM('on')",
            "visible INT REFERENCES enforced (value)",
        ])
    func namesLikeKeywords(definition: String) throws {
        let text = "CREATE TABLE t (\n  a INT,\n  \(definition)\n) ENGINE=memory COMMENT 'x'\n"
        #expect(try format(text) == text)
        #expect(
            try format("create table t (a int,\(definition)) engine = memory comment 'x'") == text)
    }

    @Test(
        "Text that would say something else is refused",
        arguments: [
            ("CREATE TABLE t (a INT) -- x\n", "it would lose or move comments"),
            ("CREATE TABLE t (b INT)", "`A` would become `B`"),
            ("CREATE TABLE t (A INT)", "`column a int"), ("CREATE TABLE T (a INT)", "createTable"),
            ("CREATE TABLE t (a INT) ENGINE=x", "it would lose or gain words"),
            ("CREATE TABLE t (a INT CHECK (a < = 1))", "`)` would become `CHECK`"),
            ("CREATE TABLE t (a INT", "cannot be read"),
        ])
    func proof(new: String, fault: String) {
        let error = #expect(throws: SchemaError.self) {
            try prove("CREATE TABLE t (a INT)", new)
        }
        #expect(error?.code == .notPreserved)
        #expect(error?.message.contains(fault) == true, "\(error?.message ?? "")")
    }

    @Test("Operators and introducers keep together, hints keep their column")
    func proofOfGlue() throws {
        let pairs = [
            ("CREATE TABLE t (a INT CHECK (a <= 1))", "CREATE TABLE t (a INT CHECK (a < = 1))"),
            ("CREATE TABLE t (a INT CHECK (a < -1))", "CREATE TABLE t (a INT CHECK (a <-1))"),
            ("CREATE TABLE t (a INT DEFAULT x'41')", "CREATE TABLE t (a INT DEFAULT x '41')"),
            (
                "CREATE TABLE t (a INT, /* plumb: renamed from z */ b INT)",
                "CREATE TABLE t (a INT,\n/* plumb: renamed from z */\nb INT)"
            ),
        ]
        for (old, new) in pairs {
            let error = #expect(throws: SchemaError.self, "\(new)") { try prove(old, new) }
            #expect(error?.code == .notPreserved)
            try prove(old, old)
        }
    }

    private func prove(_ old: String, _ new: String) throws {
        let result = Array(old.utf8).withUnsafeBufferPointer { old in
            Result { try FormatProof.check(old, Array(new.utf8), file: "t.sql") }
        }
        try result.get()
    }

    private func format(_ text: String) throws -> String {
        String(
            decoding: try ScriptFormatter.formatted(Array(text.utf8), file: "t.sql"),
            as: UTF8.self)
    }
}

/// A file and its form.
struct FormatterCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let formatted: String

    init(_ name: String, _ text: String, _ formatted: String) {
        self.name = name
        self.text = text
        self.formatted = formatted
    }

    var testDescription: String { name }
}
