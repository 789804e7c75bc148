import Basics
import TestSupport
import Testing

@testable import MySQLClient

/// A server with a certificate of a self-made authority that names `localhost` only.
private struct Authority {
    let certificates: Certificates
    let client: Certificates.Pair
    private let own: Certificates.Pair

    init() throws {
        certificates = try Certificates()
        own = try certificates.make("server", for: "DNS:localhost")
        client = try certificates.make("client", for: "DNS:localhost")
    }

    var folder: TemporaryFolder { certificates.folder }
    var caFile: String { certificates.authority }
    var otherCAFile: String { certificates.otherAuthority }

    func server() throws -> MariaDBServer {
        try MariaDBServer.start(
            options: [
                "--ssl-ca=\(caFile)", "--ssl-cert=\(own.certificate)", "--ssl-key=\(own.key)",
            ], listensOnTCP: true)
    }
}

@Suite struct TLSTests {
    @Test func theServersCertificateIsVerifiedAsFarAsAsked() throws {
        let authority = try Authority()
        let server = try authority.server()
        let ours = try #require(try server.port())
        let settings = try server.account("tls_user", password: "p")
        func attempt(_ host: String, _ tls: TLSOptions) -> MySQLError? {
            mysqlError {
                var settings = settings
                settings.tls = tls
                let connection = try Connection(
                    to: .tcp(host: host, port: ours), settings: settings)
                let cipher = try connection.query("SHOW STATUS LIKE 'Ssl_cipher'").first?[1]
                #expect((cipher != "") == (tls.mode != .disabled))
                #expect((connection.cipher != nil) == (tls.mode != .disabled))
            }
        }
        let right = authority.caFile
        let wrong = authority.otherCAFile
        // The certificate is for `localhost`, not for 127.0.0.1.
        let cases: [(String, TLSOptions.Mode, String?, MySQLError.Kind?)] = [
            ("127.0.0.1", .disabled, nil, nil),
            ("127.0.0.1", .preferred, nil, nil),
            ("127.0.0.1", .required, nil, nil),
            ("127.0.0.1", .verifyCA, right, nil),
            ("127.0.0.1", .verifyCA, wrong, .tls),
            ("127.0.0.1", .verifyIdentity, right, .tls),
            ("localhost", .verifyCA, wrong, .tls),
            ("localhost", .verifyIdentity, right, nil),
            ("localhost", .verifyIdentity, wrong, .tls),
            ("localhost", .verifyIdentity, nil, .tls),
            ("localhost", .verifyCA, nil, .configuration),
            ("localhost", .verifyIdentity, authority.folder.path + "/none.pem", .configuration),
        ]
        for (host, mode, caFile, kind) in cases {
            let error = attempt(host, TLSOptions(mode: mode, caFile: caFile))
            #expect(error?.kind == kind, "\(host) \(mode) \(caFile ?? "-"): \(error as Any)")
        }
    }

    @Test func aClientCertificateIsPresented() throws {
        let authority = try Authority()
        let server = try authority.server()
        var settings = try server.account(
            "certified", password: "p", requirements: "REQUIRE X509")
        settings.tls = TLSOptions(mode: .required)
        let address = ServerAddress.tcp(host: "localhost", port: try #require(try server.port()))
        #expect(
            mysqlError { _ = try Connection(to: address, settings: settings) }?.kind
                == .accessDenied)
        settings.tls.certificateFile = authority.client.certificate
        settings.tls.keyFile = authority.client.key
        #expect(mysqlError { _ = try Connection(to: address, settings: settings) } == nil)
    }

    @Test func aKilledSessionIsALostConnectionAndNoSignal() throws {
        let authority = try Authority()
        let server = try authority.server()
        var settings = server.settings
        settings.tls = TLSOptions(mode: .required)
        let victim = try Connection(to: server.address, settings: settings)
        #expect(victim.cipher != nil)
        try server.connect().execute("KILL \(victim.threadID)")
        #expect(mysqlError { try victim.execute("DO 1") }?.kind == .lostConnection)
    }

    @Test func aFileThatCannotBeReadIsNamed() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/none.pem"
        for tls in [
            TLSOptions(mode: .verifyCA, caFile: missing),
            TLSOptions(mode: .required, certificateFile: missing),
            TLSOptions(mode: .required, keyFile: missing),
        ] {
            var settings = try MariaDBServer.shared.settings
            settings.tls = tls
            let address = try MariaDBServer.shared.address
            let error = mysqlError { _ = try Connection(to: address, settings: settings) }
            #expect(error?.kind == .configuration)
            #expect(error?.message.contains(missing) == true, "\(error as Any)")
        }
    }

    @Test(arguments: [TLSOptions.Mode.required, .verifyCA, .verifyIdentity])
    func aServerWithoutTLSIsRefused(mode: TLSOptions.Mode) throws {
        let authority = try Authority()
        var settings = try MariaDBServer.shared.settings
        settings.tls = TLSOptions(mode: mode, caFile: authority.caFile)
        let address = try MariaDBServer.shared.address
        let error = mysqlError { _ = try Connection(to: address, settings: settings) }
        #expect(error?.kind == .tls)
        #expect(error?.retry == .permanent)
        settings.tls = TLSOptions(mode: .preferred)
        #expect(try Connection(to: address, settings: settings).cipher == nil)
    }
}

extension MariaDBServer {
    /// The TCP port it listens on.
    fileprivate func port() throws -> UInt16? {
        guard case .tcp(_, let port)? = tcpAddress else { return nil }
        return port
    }
}
