import Basics
import Foundation
import TestSupport
import Testing

@testable import MySQLClient

@Suite struct OptionFileTests {
    private let server = ServerAddress.tcp(host: "db1", port: 3306)

    private func read(_ text: String) throws -> OptionFile {
        try OptionFile(text: text, file: OptionFileAccess(path: "my.cnf", server: server))
    }

    @Test func whatItSaysIsRead() throws {
        let file = try read(
            """
            # for the fleet
            ; and another comment
            [mysqld]
            user = mysql
            no-such-option
            [client]
            user=plumb   # who we are
            password = "p#ss \\"word\\\\ \\s"
            port=3307
            host = db.example
            max_allowed_packet = 1G
            ssl_ca = '/etc/ssl/our ca.pem'
            [plumb]
            loose-future = 1
            ssl-mode = verify_identity
            """)
        #expect(file.user == "plumb")
        #expect(file.password == Secret("p#ss \\\"word\\  "))
        #expect(file.address == .tcp(host: "db.example", port: 3307))
        #expect(file.tls == TLSOptions(mode: .verifyIdentity, caFile: "/etc/ssl/our ca.pem"))
    }

    @Test(arguments: [
        ("", nil),
        ("host=h", ServerAddress.tcp(host: "h", port: 3306)),
        ("host=h\nsocket=/s", .tcp(host: "h", port: 3306)),
        ("host=localhost\nsocket=/s", .socket(path: "/s")),
        ("socket=/s", .socket(path: "/s")),
    ])
    func theAddressIsRead(text: String, address: ServerAddress?) throws {
        #expect(try read("[client]\n" + text).address == address)
    }

    /// The mode that is said in so many words, and the least that switches and files ask for.
    @Test(
        arguments: [
            ("", nil, TLSOptions.Mode.disabled), ("ssl", nil, .required),
            ("ssl=0", .disabled, .disabled), ("skip-ssl", .disabled, .disabled),
            ("skip-ssl=0", nil, .disabled), ("ssl-ca=/ca", nil, .verifyCA),
            ("ssl\nssl-verify-server-cert", nil, .verifyIdentity),
            ("ssl\nssl-verify-server-cert=0", .preferred, .required),
            ("ssl-ca=/ca\nssl-mode=REQUIRED", .required, .disabled),
            ("ssl-cert=/c", nil, .required),
        ] as [(String, TLSOptions.Mode?, TLSOptions.Mode)])
    func theTLSModeIsRead(text: String, said: TLSOptions.Mode?, least: TLSOptions.Mode) throws {
        let tls = try read("[client]\n" + text).tls
        #expect(tls.mode == said)
        #expect(tls.atLeast == least)
    }

    @Test("attack: less than proof over a network is only what somebody said in so many words")
    func theAddressDecidesWhatNobodySaid() throws {
        let least = try read("[client]\nssl\nssl-ca=/ca").tls
        for host in ["db1", "127.1", "127.0.0.1.example", "localhost.", "::ffff:127.0.0.1", "0"] {
            let address = ServerAddress.tcp(host: host, port: 3306)
            #expect(TLSOptions().mode(for: address) == .verifyIdentity, "\(host)")
            #expect(least.mode(for: address) == .verifyIdentity, "\(host)")
            #expect(TLSOptions(mode: .required).mode(for: address) == .required, "\(host)")
        }
        for address in [
            ServerAddress.socket(path: "/s"), .tcp(host: "LocalHost", port: 1),
            .tcp(host: "127.3.2.1", port: 1), .tcp(host: "::1", port: 1),
        ] {
            #expect(TLSOptions().mode(for: address) == .preferred, "\(address)")
            #expect(least.mode(for: address) == .verifyCA, "\(address)")
        }
    }

    @Test("attack: a host that the client library would read options out of is refused")
    func onlyNamesAreHosts() {
        for host in ["db1,db2", "host=db1;user=x", "db1;ssl-verify-server-cert=0", "a b", "ö", ""] {
            let error = mysqlError {
                _ = try Connection(
                    to: .tcp(host: host, port: 1), settings: ConnectionSettings())
            }
            #expect(error?.message == "the host is neither a name nor an address", "\(host)")
        }
    }

    @Test(arguments: [
        ("password=hunter2", "my.cnf:1: an option before any group"),
        ("[client\npassword=hunter2", "my.cnf:1: a group without its ]"),
        ("[plumb]\nhunter2", "my.cnf:2: an option Plumb does not know"),
        ("[plumb]\n=hunter2", "my.cnf:2: a value without a name"),
        ("[client]\n!include hunter2", "my.cnf:2: Plumb follows no !include"),
        ("[client]\n\nuser=", "my.cnf:3: user has no value"),
        ("[client]\nhost=h\nport=hunter2", "my.cnf:3: the port is not a number from 1 to 65535"),
        ("[client]\nssl=hunter2", "my.cnf:2: ssl is neither on nor off"),
        (
            "[client]\nssl-mode=hunter2",
            "my.cnf:2: ssl-mode is none of [\"DISABLED\", \"PREFERRED\", \"REQUIRED\", "
                + "\"VERIFY_CA\", \"VERIFY_IDENTITY\"]"
        ),
    ])
    func whatIsWrongIsSaidWithoutQuotingIt(text: String, message: String) {
        let error = mysqlError { _ = try read(text) }
        #expect(error?.kind == .configuration)
        #expect(error?.message == "option file " + message)
    }

    @Test func aConnectionTakesItsCredentialsFromTheFile() throws {
        let server = try MariaDBServer.shared
        _ = try server.account("from_file", password: "from the file")
        let file = try server.folder.write(
            "[client]\nuser=from_file\npassword='from the file'\n", to: "client.cnf")
        let settings = ConnectionSettings(optionFile: file)
        let connection = try Connection(to: server.address, settings: settings)
        #expect(try connection.query("SELECT USER()").first?[0] == "from_file@localhost")
        var explicit = settings
        explicit.credentials = Credentials(user: "root", password: Secret(""))
        let root = try Connection(to: server.address, settings: explicit)
        #expect(try root.query("SELECT USER()").first?[0] == "root@localhost")
    }

    @Test func theStricterTLSModeCounts() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("[plumb]\nssl-mode=REQUIRED\nssl-ca=/a\n", to: "my.cnf")
        var settings = ConnectionSettings(optionFile: path)
        #expect(
            try settings.withOptionFile(server: server).tls
                == TLSOptions(mode: .required, caFile: "/a"))
        settings.tls = TLSOptions(mode: .verifyCA, caFile: "/b")
        #expect(
            try settings.withOptionFile(server: server).tls
                == TLSOptions(mode: .verifyCA, caFile: "/b"))
    }

    @Test func aFileThatCannotBeReadIsAnErrorThatNamesIt() throws {
        let folder = try TemporaryFolder()
        let open = try folder.write("[client]\nuser=u\n", to: "open.cnf")
        #expect(chmod(open, 0o666) == 0)
        for (path, reason) in [
            (folder.path + "/none.cnf", "No such file or directory"),
            (open, "anybody can write to it (mode 0666, owner \(getuid()))"),
            (folder.path, "cannot be read by user"),
        ] {
            let error = mysqlError {
                _ = try Connection(to: server, settings: ConnectionSettings(optionFile: path))
            }
            #expect(error?.kind == .configuration)
            #expect(error?.retry == .permanent)
            #expect(error?.message.hasPrefix("option file \(path): ") == true)
            #expect(error?.message.contains(reason) == true, "\(error as Any)")
        }
    }
}
