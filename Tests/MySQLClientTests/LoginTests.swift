import Foundation
import Testing
import TestSupport

@testable import MySQLClient

/// Logins that have to work, on every server that this machine has.
@Suite("A good login of every allowed plug-in works", .serialized)
struct LoginTests {
    private static let password = "pass word 4711"

    private struct Way {
        let address: ServerAddress
        let tls: TLSOptions
        let isEncrypted: Bool
    }

    private func ways(
        to server: TestServer, _ authority: Certificates
    ) throws -> [(name: String, way: Way)] {
        guard case .tcp(_, let port)? = server.tcpAddress else {
            throw TestSupportError("the server has no port")
        }
        let ours = TLSOptions(caFile: authority.authority)
        var verifiesAuthority = ours
        verifiesAuthority.mode = .verifyCA
        func way(_ host: String, _ tls: TLSOptions) -> Way {
            Way(address: .tcp(host: host, port: port), tls: tls, isEncrypted: true)
        }
        return [
            ("network, verified", way("127.1", ours)),
            ("network, authority only", way("127.1", verifiesAuthority)),
            ("loopback", way("127.0.0.1", TLSOptions())),
            (
                "loopback, verified",
                way(
                    "localhost",
                    TLSOptions(
                        mode: .verifyIdentity, caFile: authority.authority))
            ),
            ("socket", Way(address: server.address, tls: TLSOptions(), isEncrypted: true)),
            (
                "plain socket",
                Way(
                    address: server.address, tls: TLSOptions(mode: .disabled),
                    isEncrypted: false)
            ),
        ]
    }

    /// The plug-ins that a server of ours has, as `CREATE USER … IDENTIFIED …` names them.
    private func plugins(
        of kind: TestServer.Kind, _ administrator: Connection
    ) -> [(name: String, clause: String)] {
        let literal = "'\(Self.password)'"
        switch kind {
        case .mysql9:
            return ["caching_sha2_password", "sha256_password"].map {
                ($0, "WITH \($0) BY \(literal)")
            }
        case .mariadb1011, .mariadb118:
            let native = ("mysql_native_password", "BY \(literal)")
            // Debian packs this one apart from the server itself.
            let lacks = mysqlError { try administrator.execute("INSTALL SONAME 'auth_ed25519'") }
            guard lacks == nil else { return [native] }
            return [native, ("ed25519", "VIA ed25519 USING PASSWORD(\(literal))")]
        }
    }

    @Test(arguments: TestServer.available)
    func works(kind: TestServer.Kind) throws {
        let authority = try Certificates()
        let pair = try authority.make("server", for: "DNS:127.1,DNS:localhost,IP:127.0.0.1")
        let server = try TestServer.start(kind, listensOnTCP: true, certificate: pair)
        let administrator = try server.connect()
        for (plugin, clause) in plugins(of: kind, administrator) {
            try administrator.execute("CREATE USER 'u_\(plugin)'@'%' IDENTIFIED \(clause)")
            // The second login finds the password in the server's cache, where it has one.
            for (name, way) in try ways(to: server, authority) + ways(to: server, authority) {
                let settings = ConnectionSettings(
                    credentials: Credentials(
                        user: "u_\(plugin)", password: Secret(Self.password)), tls: way.tls)
                let error = mysqlError {
                    let connection = try Connection(to: way.address, settings: settings)
                    #expect((connection.cipher != nil) == way.isEncrypted, "\(name)")
                    let user = try connection.query("SELECT CURRENT_USER()").first?[0]
                    #expect(user == "u_\(plugin)@%", "\(name)")
                }
                #expect(error == nil, "\(kind) \(plugin) \(name): \(error as Any)")
                var wrong = settings
                wrong.credentials.password = Secret("another")
                let refused = mysqlError { _ = try Connection(to: way.address, settings: wrong) }
                #expect(refused?.kind == .accessDenied, "\(kind) \(plugin) \(name)")
            }
        }
        try administrator.execute("CREATE USER 'u_none'@'%'")
        for (name, way) in try ways(to: server, authority) {
            let error = mysqlError {
                _ = try Connection(
                    to: way.address,
                    settings: ConnectionSettings(
                        credentials: Credentials(user: "u_none"), tls: way.tls))
            }
            #expect(error == nil, "\(kind) without a password, \(name): \(error as Any)")
        }
    }

    @Test(
        "A socket proves the user of the system",
        .enabled(if: getuid() == 0, "the servers' administrator is called root"),
        arguments: TestServer.available)
    func socket(kind: TestServer.Kind) throws {
        let server = try TestServer.start(kind, listensOnTCP: true)
        let administrator = try server.connect()
        switch kind {
        case .mariadb1011, .mariadb118:
            try administrator.execute("ALTER USER root@localhost IDENTIFIED VIA unix_socket")
        case .mysql9:
            try administrator.execute("INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'")
            try administrator.execute("ALTER USER root@localhost IDENTIFIED WITH auth_socket")
        }
        #expect(try server.connect().query("SELECT 1").first?[0] == "1")
        for user in ["root", ""] {
            var settings = server.settings
            settings.credentials.user = user
            settings.tls = TLSOptions()
            #expect(
                mysqlError { _ = try Connection(to: server.address, settings: settings) } == nil)
        }
    }

    /// MariaDB 11.4 and later make a certificate of their own, which clients may take on the word
    /// of a password's hash: that would show the answer to the password before anybody is proved.
    @Test(
        "attack: a certificate that a server made for itself proves nothing",
        arguments: TestServer.available)
    func selfMade(kind: TestServer.Kind) throws {
        let server = try TestServer.start(kind, listensOnTCP: true)
        guard case .tcp(_, let port)? = server.tcpAddress else {
            throw TestSupportError("the server has no port")
        }
        let settings = try server.account("self_made", password: "p")
        for mode in [nil, TLSOptions.Mode.verifyIdentity] {
            for host in ["127.1", "127.0.0.1"] {
                var settings = settings
                settings.tls = TLSOptions(mode: mode)
                let error = mysqlError {
                    _ = try Connection(to: .tcp(host: host, port: port), settings: settings)
                }
                let isLoopback = mode == nil && host == "127.0.0.1"
                #expect(error?.kind == (isLoopback ? nil : .tls), "\(host) \(mode as Any)")
            }
        }
    }
}
