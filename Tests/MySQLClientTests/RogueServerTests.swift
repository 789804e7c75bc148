import Foundation
import Testing
import TestSupport

@testable import MySQLClient

/// What a server gets that is not the one it is taken for.
///
/// `127.1` is no loopback address as written, and leads to this machine all the same.
@Suite("attack: a rogue server", .serialized)
struct RogueServerTests {
    private static let user = "wire_user"
    private static let password = "pass-word-4711"

    private func attempt(
        _ rogue: RogueServer, host: String = "127.1", _ tls: TLSOptions,
        _ body: (Connection) throws -> Void = { _ in }
    ) throws -> (received: [RogueServer.Packet], error: MySQLError?) {
        var error: MySQLError?
        let received = try rogue.receives {
            error = mysqlError {
                var settings = ConnectionSettings(
                    credentials: Credentials(
                        user: Self.user, password: Secret(Self.password)), tls: tls)
                settings.connectTimeoutSeconds = 5
                settings.readTimeoutSeconds = 5
                let connection = try Connection(
                    to: .tcp(host: host, port: rogue.port), settings: settings)
                try body(connection)
            }
        }
        return (received, error)
    }

    /// Every plug-in a client library may know, with names that are none.
    private static let plugins = [
        "mysql_native_password", "client_ed25519", "caching_sha2_password", "sha256_password",
        "mysql_clear_password", "dialog", "mysql_old_password", "auth_gssapi_client", "parsec",
        "", "password", "plumb", "old", "../../../../tmp/x",
    ]

    @Test("attack: a server that offers no TLS gets no byte of a login")
    func withoutTLS() throws {
        let authority = try Certificates()
        let asked: [(String, TLSOptions.Mode?)] = [
            ("127.1", nil), ("127.1", .preferred), ("127.1", .required), ("127.1", .verifyCA),
            ("127.1", .verifyIdentity), ("127.0.0.1", .required), ("localhost", .verifyCA),
            ("127.0.0.1", .verifyIdentity),
        ]
        for plugin in Self.plugins {
            let rogue = try RogueServer(.init(plugin: plugin, switches: [plugin]))
            for (host, mode) in asked {
                let tls = TLSOptions(mode: mode, caFile: authority.authority)
                let (received, error) = try attempt(rogue, host: host, tls)
                #expect(received.isEmpty, "\(plugin) \(host) \(mode as Any): \(received)")
                #expect(error?.kind == .tls, "\(plugin) \(host) \(mode as Any): \(error as Any)")
            }
        }
    }

    @Test("attack: a server that does not prove who it is gets no byte of a login")
    func foreignCertificates() throws {
        let authority = try Certificates()
        let cases: [(Certificates.Pair, [TLSOptions.Mode?])] = [
            (
                try authority.make("stranger", for: "DNS:127.1", by: .stranger),
                [nil, .verifyCA, .verifyIdentity]
            ),
            (try authority.make("expired", for: "DNS:127.1", days: -1), [nil, .verifyCA]),
            (try authority.make("other", for: "DNS:db.example"), [nil, .verifyIdentity]),
            (try authority.make("address", for: "IP:127.0.0.1"), [nil, .verifyIdentity]),
        ]
        for (pair, modes) in cases {
            let rogue = try RogueServer(.init(pair: pair))
            for mode in modes {
                let tls = TLSOptions(mode: mode, caFile: authority.authority)
                let (received, error) = try attempt(rogue, tls)
                #expect(received.map(\.bytes.count) == [32], "\(pair) \(mode as Any): \(received)")
                #expect(received.first?.channel == .clear)
                #expect(error?.kind == .tls, "\(pair) \(mode as Any): \(error as Any)")
            }
        }
        // Nobody but us vouches for this one.
        let rogue = try RogueServer(.init(pair: try authority.make("ours", for: "DNS:127.1")))
        let (received, error) = try attempt(rogue, TLSOptions())
        #expect(received.map(\.bytes.count) == [32])
        #expect(error?.kind == .tls)
        let (welcome, none) = try attempt(rogue, TLSOptions(caFile: authority.authority))
        #expect(none == nil, "\(none as Any)")
        #expect(welcome.contains { $0.channel == .tls && $0.contains(Self.user) })
    }

    /// Where the password itself may go: (host, mode, whether TLS is offered, whether it is shown).
    private static let transports: [(String, TLSOptions.Mode?, Bool, Bool)] = [
        ("127.1", .disabled, false, false), ("127.1", .preferred, true, false),
        ("127.1", .required, true, false), ("127.1", .verifyCA, true, true),
        ("127.1", .verifyIdentity, true, true), ("127.1", nil, true, true),
        ("127.0.0.1", nil, false, false), ("127.0.0.1", .disabled, true, false),
        ("127.0.0.1", nil, true, true), ("localhost", .required, true, true),
    ]

    @Test("attack: only plug-ins of the list are answered, whatever the server asks for")
    func plugins() throws {
        let authority = try Certificates()
        let pair = try authority.make("ours", for: "DNS:127.1,DNS:localhost,IP:127.0.0.1")
        let answers = ["mysql_native_password": 20, "client_ed25519": 64]
        for plugin in Self.plugins {
            let rogues = [
                false: try RogueServer(.init(plugin: plugin, switches: [plugin])),
                true: try RogueServer(.init(plugin: plugin, switches: [plugin], pair: pair)),
            ]
            for (host, mode, offersTLS, isPrivate) in Self.transports {
                let rogue = try #require(rogues[offersTLS])
                let tls = TLSOptions(mode: mode, caFile: authority.authority)
                let (received, error) = try attempt(rogue, host: host, tls)
                let place = "\(plugin) \(host) \(mode as Any) TLS \(offersTLS): \(received)"
                #expect(received.contains { $0.contains(Self.user) }, "\(place) \(error as Any)")
                let shown = received.filter { $0.contains(Self.password) }
                let tells = plugin == "caching_sha2_password" || plugin == "sha256_password"
                #expect(shown.isEmpty != (tells && isPrivate), "\(place)")
                #expect(shown.allSatisfy { $0.channel == .tls }, "\(place)")
                // Beyond the login itself: the answer that the plug-in has, or nothing at all.
                let asked = received.drop { !$0.contains(Self.user) }.dropFirst()
                if let length = answers[plugin] {
                    #expect(asked.first?.bytes.count == length, "\(place)")
                } else if shown.isEmpty {
                    #expect(asked.allSatisfy { $0.bytes.isEmpty }, "\(place)")
                    #expect(error?.kind == .configuration, "\(place) \(error as Any)")
                }
            }
        }
    }

    @Test("attack: what is pushed in before TLS is not taken for what was said under it")
    func injected() throws {
        let authority = try Certificates()
        let pair = try authority.make("ours", for: "DNS:127.1")
        let welcome: [UInt8] = [0, 0, 0, 2, 0, 0, 0]
        let other = [0xfe] + Array("mysql_native_password\0abcdefghijklmnopqrst\0".utf8)
        for bytes in [welcome, other, [0xff, 0x15, 0x04] + Array("#28000no".utf8)] {
            var scenario = RogueServer.Scenario(pair: pair)
            scenario.injected = [.init(sequence: 3, bytes)]
            let rogue = try RogueServer(scenario)
            let (received, error) = try attempt(rogue, TLSOptions(caFile: authority.authority))
            #expect(received.isEmpty, "\(received)")
            #expect(error?.kind == .tls)
            #expect(error?.message == "data was pushed in behind the server's greeting")
        }
    }

    @Test("attack: a greeting that leaves capabilities out gets nothing")
    func oldProtocols() throws {
        // CLIENT_PLUGIN_AUTH, CLIENT_SECURE_CONNECTION, CLIENT_PROTOCOL_41
        for without in [[1 << 19], [1 << 19, 1 << 15], [1 << 19, 1 << 9], [1 << 9]] {
            var scenario = RogueServer.Scenario()
            scenario.without = without
            let rogue = try RogueServer(scenario)
            for host in ["127.1", "127.0.0.1"] {
                let (received, error) = try attempt(rogue, host: host, TLSOptions())
                #expect(received.isEmpty, "\(without) \(host): \(received)")
                #expect(error != nil)
            }
        }
    }

    @Test("attack: no other first packet is believed")
    func otherBeginnings() throws {
        for first in ["00000002000000", "fe00000200", "", "ff1504233238303030 6e6f"] {
            var scenario = RogueServer.Scenario()
            scenario.first = first.replacing(" ", with: "")
            let (received, error) = try attempt(
                try RogueServer(scenario), host: "127.0.0.1", TLSOptions())
            #expect(received.isEmpty, "\(first): \(received)")
            #expect(error != nil)
        }
    }

    @Test("attack: no other last packet is believed")
    func otherEndings() throws {
        for verdict in ["01", "0104", "03", "fb", "ff1504233238303030306e6f"] {
            var scenario = RogueServer.Scenario(switches: ["mysql_native_password"])
            scenario.verdict = verdict
            let (received, error) = try attempt(
                try RogueServer(scenario), host: "127.0.0.1", TLSOptions())
            #expect(received.count == 2, "\(verdict): \(received)")
            #expect(error?.message.isEmpty == false, "\(verdict)")
        }
    }

    @Test("attack: a server that asks for a file gets none", arguments: [false, true])
    func localInfile(isSecond: Bool) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("content-of-the-file", to: "secret")
        let options = try folder.write("[client]\nlocal-infile=1\n", to: "my.cnf")
        var scenario = RogueServer.Scenario(switches: ["mysql_native_password"])
        scenario.infile = file
        scenario.infileIsSecond = isSecond
        let rogue = try RogueServer(scenario)
        var error: MySQLError?
        let received = try rogue.receives {
            error = mysqlError {
                _ = try Connection(
                    to: .tcp(host: "127.0.0.1", port: rogue.port),
                    settings: ConnectionSettings(
                        credentials: Credentials(user: Self.user), optionFile: options))
            }
        }
        #expect(error != nil)
        #expect(!received.contains { $0.contains("content") }, "\(received)")
        // An empty packet says that there is nothing to send; for a second result, not even that.
        let last = try #require(received.dropLast().last)
        #expect(isSecond ? last.contains("SELECT") : last.bytes.isEmpty, "\(received)")
    }

    @Test("attack: the password of another program is not sent")
    func environment() throws {
        setenv("MYSQL_PWD", "word-of-mysql", 1)
        defer { unsetenv("MYSQL_PWD") }
        let authority = try Certificates()
        let pair = try authority.make("ours", for: "DNS:127.1")
        let rogue = try RogueServer(.init(switches: ["caching_sha2_password"], pair: pair))
        let received = try rogue.receives {
            _ = try? Connection(
                to: .tcp(host: "127.1", port: rogue.port),
                settings: ConnectionSettings(
                    credentials: Credentials(user: Self.user),
                    tls: TLSOptions(caFile: authority.authority)))
        }
        #expect(!received.contains { $0.contains("word-of-mysql") }, "\(received)")
        #expect(received.contains { $0.contains(Self.user) })
    }
}
