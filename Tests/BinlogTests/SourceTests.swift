import MySQLClient
import TestSupport
import Testing

@testable import Binlog

@Suite("What a server has to log")
struct SourceTests {
    private func fault(_ connection: Connection) -> BinlogError? {
        caught(BinlogError.self) { _ = try BinlogSource(on: connection) }
    }

    @Test(arguments: TestServer.available)
    func settingsThatLeaveSomethingOut(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let connection = try server.connect()
        let position = try BinlogSource(on: connection).position
        #expect(position.file.hasPrefix("binlog.0") && position.offset > 4)
        var wrong = [("binlog_row_image", "MINIMAL"), ("binlog_row_image", "NOBLOB")]
        wrong += [("binlog_format", "MIXED"), ("binlog_format", "STATEMENT")]
        if kind == .mysql9 {
            wrong += [("binlog_row_value_options", "PARTIAL_JSON")]
            wrong += [("binlog_transaction_compression", "ON")]
        }
        for (name, value) in wrong {
            let before = try connection.query("SELECT @@global.\(name)").first?[0] ?? ""
            try connection.execute("SET GLOBAL \(name) = '\(value)'")
            let error = fault(connection)
            #expect(error?.kind == .wrongFormat, "\(name): \(error as Any)")
            #expect(error?.message.contains("set \(name) to ") == true, "\(error as Any)")
            #expect(error?.message.contains(", which is \(value)") == true, "\(error as Any)")
            let old = name == "binlog_transaction_compression" ? "OFF" : before
            try connection.execute("SET GLOBAL \(name) = '\(old)'")
            #expect(fault(connection) == nil)
        }
    }

    @Test(arguments: TestServer.available)
    func aServerWithoutALog(_ kind: TestServer.Kind) throws {
        let error = fault(try TestServer.shared(kind).connect())
        #expect(error?.kind == .wrongFormat)
        #expect(error?.message.contains("it keeps no binary log: set log_bin to ON") == true)
    }

    @Test(arguments: ["--binlog-do-db=shop", "--binlog-ignore-db=shop"])
    func aServerThatLogsSomeDatabases(_ option: String) throws {
        let server = try LoggedServer.start(.mariadb1011, [option])
        let error = fault(try server.connect())
        #expect(error?.kind == .wrongFormat)
        let name = option.dropFirst(2)
        #expect(error?.message.contains("\(name) leaves databases out") == true, "\(error as Any)")
    }

    /// Names the grants that are missing, for asking and for reading.
    @Test(arguments: TestServer.available)
    func anAccountWithoutGrants(_ kind: TestServer.Kind) throws {
        let server = try LoggedServer.start(kind)
        let root = try server.connect()
        let position = try BinlogSource(on: root).position
        try root.execute("CREATE USER reader@localhost IDENTIFIED BY 'p'")
        var settings = server.settings
        settings.credentials = Credentials(user: "reader", password: Secret("p"))
        let connection = try Connection(to: server.address, settings: settings)
        #expect(fault(connection)?.kind == .missingGrant)
        let stream = try BinlogStream(
            server: server.address, settings: settings, from: .position(position),
            options: .init(serverID: LoggedServer.readerNumber()))
        let error = caught(BinlogError.self) { while try stream.next() != nil {} }
        #expect(error?.kind == .missingGrant, "\(error as Any)")
        #expect(error?.description.contains("REPLICATION SLAVE") == true)
        // With what the error names it works.
        let monitor = kind == .mysql9 ? "REPLICATION CLIENT" : "BINLOG MONITOR"
        try root.execute("GRANT REPLICATION SLAVE, \(monitor) ON *.* TO reader@localhost")
        let allowed = try Connection(to: server.address, settings: settings)
        #expect(try BinlogSource(on: allowed).position > position)
        let open = try BinlogStream(
            server: server.address, settings: settings, from: .position(position),
            options: .init(serverID: LoggedServer.readerNumber()))
        #expect(try open.next() != nil)
    }
}
