import MySQLClient
import TestSupport
import Testing

@testable import Binlog

@Suite("Events of the binary log")
struct EventTests {
    /// What happened, in short words.
    private func story(_ entries: [BinlogEntry]) -> [String] {
        var story: [String] = []
        for entry in entries {
            switch entry.event {
            case .begin(let gtid): story.append("begin \(gtid.isStandalone.map { "\($0)" } ?? "?")")
            case .query(let query):
                story.append("\(query.meaning) \(query.statement.prefix(6))")
            case .table(let map): story.append("table \(map.table)")
            case .rows(let rows):
                story.append("\(rows.action) \(rows.table.table) \(rows.endsStatement)")
            case .commit: story.append("commit")
            case .xaPrepare: story.append("prepare")
            case .rotate, .heartbeat, .other: continue
            }
        }
        return story
    }

    @Test(arguments: TestServer.available)
    func aTransactionIsBetweenItsBeginAndItsCommit(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        try connection.execute("CREATE TABLE a (id INT PRIMARY KEY, x INT) ENGINE=InnoDB")
        try connection.execute("CREATE TABLE b (id INT PRIMARY KEY) ENGINE=InnoDB")
        let entries = try server.events {
            try connection.execute("BEGIN")
            try connection.execute("INSERT INTO a VALUES (1, 1), (2, 2)")
            try connection.execute("UPDATE a SET x = 5 WHERE id = 2")
            try connection.execute("DELETE FROM a WHERE id = 1")
            try connection.execute("INSERT INTO b VALUES (1)")
            try connection.execute("COMMIT")
            try connection.execute("ALTER TABLE b ADD COLUMN y INT")
            try connection.execute("BEGIN")
            try connection.execute("INSERT INTO b VALUES (2, 2)")
            try connection.execute("ROLLBACK")
            try connection.execute("DELETE FROM a")
        }
        let isMySQL = kind == .mysql9
        let starts = isMySQL ? ["begin ?", "begin BEGIN"] : ["begin false"]
        #expect(
            story(entries)
                == starts + [
                    "table a", "insert a true", "table a", "update a true", "table a",
                    "delete a true", "table b", "insert b true", "commit",
                    isMySQL ? "begin ?" : "begin true", "other ALTER ",
                ] + starts + ["table a", "delete a true", "commit"])
        let numbers = entries.compactMap { entry -> String? in
            guard case .begin(let gtid) = entry.event else { return nil }
            return gtid.id
        }
        #expect(numbers.count == 3)
        for number in numbers {
            let shape = number.map { $0.isHexDigit ? "x" : "\($0)" }.joined()
            let uuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx:"
            #expect(shape.hasPrefix(isMySQL ? uuid : "x-x-"), "\(number)")
        }
    }

    /// Whoever begins again where he may, at any moment, sees each row once.
    @Test(arguments: TestServer.available)
    func readingBeginsAgainBetweenTransactions(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        let observer = try server.connect()
        try connection.execute("CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB")
        try connection.execute("CREATE TABLE m (id INT PRIMARY KEY) ENGINE=MyISAM")
        let other = try server.connectPlainly(database: database)
        let start = try BinlogSource(on: observer).position
        for statement in [
            "INSERT INTO a VALUES (1)", "BEGIN", "INSERT INTO a VALUES (2), (3)", "SAVEPOINT s",
            "INSERT INTO m VALUES (2)", "DELETE FROM a WHERE id = 1", "ROLLBACK",
            "CREATE TABLE c AS SELECT * FROM a", "XA START 'y'", "INSERT INTO a VALUES (5)",
            "XA END 'y'", "XA PREPARE 'y'", "INSERT INTO m VALUES (7)", "XA COMMIT 'y'",
            "FLUSH BINARY LOGS", "ALTER TABLE a ADD COLUMN x INT", "DROP TABLE c",
            "XA START 'z'", "INSERT INTO a VALUES (6, 1)", "XA END 'z'", "XA PREPARE 'z'",
            "XA ROLLBACK 'z'", "BEGIN", "UPDATE a SET x = 2", "COMMIT", "DELETE FROM m",
        ] {
            // What is no part of any transaction comes from another session in between.
            let isAlone = statement.contains(" m")
            try (isAlone ? other : connection).execute(statement)
        }
        let end = try BinlogSource(on: observer).position
        let stream = try server.stream(from: .position(start))
        var entries: [BinlogEntry] = []
        var places: [BinlogPosition] = []
        while stream.position < end, let entry = try stream.next() {
            entries.append(entry)
            if places.last != stream.resumption { places.append(stream.resumption) }
        }
        #expect(places.first == start && places.last == end)
        #expect(places.count > 10, "\(story(entries))")
        for place in places where place != end {
            let rest = try server.events(from: place, to: end)
            let left = entries.filter { $0.end > place }
            #expect(story(rest) == story(left), "\(place)")
        }
    }

    /// What stands in the log as a statement is told apart, also where it changes rows.
    @Test(arguments: TestServer.available)
    func statements(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        try connection.execute("CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB")
        let entries = try server.events {
            for statement in [
                "XA START 'x'", "INSERT INTO a VALUES (1)", "XA END 'x'", "XA PREPARE 'x'",
                "XA COMMIT 'x'", "BEGIN", "INSERT INTO a VALUES (2)", "SAVEPOINT s",
                "INSERT INTO a VALUES (3)", "COMMIT", "SET SESSION binlog_format = STATEMENT",
                "DELETE FROM a WHERE id = 2",
            ] { try connection.execute(statement) }
        }
        let story = story(entries)
        let prepared = try #require(story.firstIndex(of: "prepare"))
        #expect(story[..<prepared].contains("insert a true"))
        #expect(story[prepared...].contains("xaEnd XA COM"), "\(story)")
        #expect(story.contains("savepoint SAVEPO"), "\(story)")
        #expect(story.contains("other DELETE"), "\(story)")
        #expect(!story.contains("delete a true"))
    }

    /// Whoever goes on from a place sees exactly what comes behind it.
    @Test(arguments: TestServer.available)
    func readingGoesOnFromAnyPlace(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        let observer = try server.connect()
        let start = try BinlogSource(on: observer).position
        try connection.execute("CREATE TABLE a (id INT PRIMARY KEY)")
        for id in 0..<6 {
            try connection.execute("INSERT INTO a VALUES (\(id))")
            if id == 2 { try connection.execute("FLUSH BINARY LOGS") }
        }
        let end = try BinlogSource(on: observer).position
        #expect(start.file != end.file)
        let entries = try server.events(from: start, to: end)
        let columns = try #require(
            try TableColumns.read(database: database, table: "a", on: connection))
        let all = try entries.changes(of: columns).compactMap { $0.after }
        #expect(all == (0..<6).map { [.signed($0)] })
        // Each event is behind the one before.
        let ends = entries.map(\.end)
        #expect(ends == ends.sorted())
        // From the end of each transaction on, the rest.
        var seen = 0
        for entry in entries {
            if case .rows = entry.event { seen += 1 }
            guard case .commit = entry.event else { continue }
            let rest = try server.events(from: entry.end, to: end).changes(of: columns)
            #expect(rest.compactMap { $0.after } == Array(all[seen...]))
        }
        #expect(seen == 6)
    }

    @Test func readingBeginsBehindATransactionOfMariaDB() throws {
        let server = try LoggedServer.start(.mariadb1011)
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        try connection.execute("CREATE TABLE a (id INT PRIMARY KEY)")
        let position = try connection.query("SELECT @@gtid_binlog_pos").first?[0] ?? ""
        try connection.execute("INSERT INTO a VALUES (7)")
        let end = try BinlogSource(on: connection).position
        let stream = try server.stream(from: .gtid(position))
        var found: [BinlogEntry] = []
        while stream.position < end, let entry = try stream.next() { found.append(entry) }
        let columns = try #require(
            try TableColumns.read(database: database, table: "a", on: connection))
        #expect(try found.changes(of: columns) == [RowChange(before: nil, after: [.signed(7)])])
        #expect(stream.position == end)
    }

    /// A transaction that the server never had, or has no more.
    @Test func transactionsThatAreNotThere() throws {
        let server = try LoggedServer.start(.mariadb1011)
        let connection = try server.connect()
        try connection.execute("CREATE DATABASE one")
        let first = try connection.query("SELECT @@gtid_binlog_pos").first?[0] ?? ""
        try connection.execute("CREATE DATABASE two")
        _ = try server.purge()
        for set in [first, "0-1-999", "0-9-2"] {
            let stream = try server.stream(from: .gtid(set))
            let error = caught(BinlogError.self) { while try stream.next() != nil {} }
            #expect(error?.kind == .purged, "\(set): \(error as Any)")
        }
    }

    @Test func noTransactionNumbersOfMySQL() throws {
        guard TestServer.available.contains(.mysql9) else { return }
        let server = try LoggedServer.shared(.mysql9)
        let error = caught(BinlogError.self) {
            _ = try server.stream(from: .gtid("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5"))
        }
        #expect(error?.message.contains("give a file and an offset") == true, "\(error as Any)")
    }

    /// A server that has nothing to tell says so, and the reader goes on.
    @Test(arguments: TestServer.available)
    func heartbeats(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let start = try BinlogSource(on: try server.connect()).position
        let stream = try server.stream(from: .position(start), heartbeatSeconds: 1)
        var beats = 0
        while beats < 3, let entry = try stream.next() {
            if case .heartbeat = entry.event { beats += 1 }
        }
        #expect(beats == 3)
        #expect(stream.position == start)
    }

    @Test(arguments: TestServer.available)
    func whatTheServerSaysOfItsColumns(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind, ["--binlog-row-metadata=FULL"])
        let database = try server.freshDatabase()
        let connection = try server.connectPlainly(database: database)
        try connection.execute(
            """
            CREATE TABLE a (n INT UNSIGNED, `ü b` VARCHAR(9) CHARACTER SET latin1, s SMALLINT,
            d DECIMAL(5,2) UNSIGNED, y YEAR, u TEXT COLLATE utf8mb4_bin, e ENUM('x', 'y'),
            b VARBINARY(9), f FLOAT UNSIGNED, g BIGINT UNSIGNED, PRIMARY KEY (s, `ü b`(3)))
            """)
        let entries = try server.events {
            try connection.execute("INSERT INTO a (s, `ü b`) VALUES (-1, 'x')")
        }
        let map = try #require(entries.rows(of: database).first).table
        let said = map.metadata
        #expect(said.names == ["n", "ü b", "s", "d", "y", "u", "e", "b", "f", "g"])
        #expect(said.primaryKey == [2, 1])
        #expect(
            said.isUnsigned == [
                true, false, false, true, true, false, false, false, true, true,
            ])
        let collations = try connection.query(
            "SELECT ORDINAL_POSITION - 1, COALESCE(C.ID, 63) FROM information_schema.COLUMNS T "
                + "LEFT JOIN information_schema.COLLATIONS C USING (COLLATION_NAME) "
                + "WHERE TABLE_SCHEMA = '\(database)' AND DATA_TYPE IN ('varchar', 'text', "
                + "'varbinary')")
        #expect(
            said.collations
                == Dictionary(
                    uniqueKeysWithValues: collations.map { row in
                        (row[0].flatMap { Int($0) } ?? -1, row[1].flatMap { Int($0) } ?? -1)
                    }))
        // A definition with other names or signs is of another table.
        let columns = try #require(
            try TableColumns.read(database: database, table: "a", on: connection))
        _ = try RowDecoder(map, columns: columns)
        var renamed = columns.columns
        renamed.swapAt(0, 9)
        var signed = columns.columns
        signed[0] = BinlogColumn(name: "n", type: "int")
        for other in [renamed, signed, Array(columns.columns.dropLast())] {
            let error = caught(BinlogError.self) {
                _ = try RowDecoder(
                    map, columns: TableColumns(database: database, table: "a", columns: other))
            }
            #expect(error?.kind == .definitionChanged)
        }
    }
}
