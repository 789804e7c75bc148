import Foundation
import TestSupport
import Testing

/// What a command says about the protection of its connections, and what it never sends.
@Suite struct WireTests {
    private func address(_ server: TestServer, host: String) throws -> String {
        guard case .tcp(_, let port)? = server.tcpAddress else {
            throw TestSupportError("the server listens on no port")
        }
        return "\(host):\(port)"
    }

    @Test("attack: less than a proof of the server is said at every run")
    func weakModesAreSaid() throws {
        let authority = try Certificates()
        let server = try MariaDBServer.start(
            listensOnTCP: true, certificate: try authority.make("server", for: "DNS:127.1"))
        try server.connect().execute("CREATE USER plumb@'%'")
        try server.connect().execute("GRANT ALL ON *.* TO plumb@'%' WITH GRANT OPTION")
        let fleet = try FleetFixture(on: server, shards: 1)
        // `127.1` is this machine, and no loopback address as it is written.
        let network = try address(server, host: "127.1")
        let cases: [(host: String, tls: String, words: String?)] = [
            (network, "{mode: required}", "the server is not verified"),
            (network, "{mode: preferred}", "the server is not verified"),
            (network, "{mode: verify-ca, ca: \(authority.authority)}", "any server with"),
            (network, "{mode: disabled}", "nothing is encrypted"),
            (network, "{ca: \(authority.authority)}", nil),
            (try address(server, host: "127.0.0.1"), "{mode: preferred}", nil),
        ]
        for (host, tls, words) in cases {
            fleet.file.shards[0].host = host
            fleet.file.connection = "{user: plumb, tls: \(tls)}"
            try fleet.commit()
            for command in [["plan"], ["drift"], ["reconcile"], ["doctor"]] {
                let run = try fleet.run(command)
                #expect(run.status != 6 && run.status != 1, "\(run)")
                if let words {
                    #expect(run.says(words), "\(tls) \(run)")
                    #expect(run.says(host), "\(tls) \(run)")
                } else {
                    #expect(!run.says("verify-identity"), "\(host) \(tls) \(run)")
                }
            }
        }
        fleet.file.shards[0].host = network
        fleet.file.connection = "{user: plumb}"
        try fleet.commit()
        // Nobody but us vouches for the server.
        #expect(try fleet.expect(6, "plan").says("TLS"))
        let folder = try TemporaryFolder()
        try Shell.check("cp", [authority.authority, folder.path])
        try Shell.check("openssl", ["rehash", folder.path])
        for (name, path) in [
            ("SSL_CERT_FILE", authority.authority), ("SSL_CERT_DIR", folder.path),
        ] {
            fleet.setEnvironment(name, path)
            let trusted = try fleet.run("plan")
            #expect(trusted.status == 0, "\(trusted)")
            fleet.setEnvironment(name, "")
        }
    }

    @Test("attack: no variable makes the client library run other code")
    func environment() throws {
        let authority = try Certificates()
        let rogue = try RogueServer(
            .init(
                switches: ["caching_sha2_password"],
                pair: try authority.make("server", for: "DNS:127.1")))
        let fleet = try FleetFixture(shards: 1)
        fleet.file.shards[0].host = "127.1:\(rogue.port)"
        fleet.file.connection =
            "{user: plumb, password_env: PLUMB_PW, tls: {ca: \(authority.authority)}}"
        try fleet.commit()
        fleet.setEnvironment("PLUMB_PW", "pass-word-4711")
        // The plug-in comes from the library's own folder, where this one is empty.
        let empty = try TemporaryFolder()
        fleet.setEnvironment("MARIADB_PLUGIN_DIR", empty.path)
        let received = try rogue.receives { _ = try fleet.run("plan") }
        #expect(received.contains { $0.channel == .tls && $0.contains("pass-word-4711") })
        #expect(received.allSatisfy { $0.channel == .tls || !$0.contains("plumb") })
        fleet.setEnvironment("LIBMYSQL_PLUGINS", "dialog")
        let run = try fleet.run("plan")
        #expect(run.says("LIBMYSQL_PLUGINS", "unset it"), "\(run)")
        #expect(!rogue.hasOthers)
    }
}
