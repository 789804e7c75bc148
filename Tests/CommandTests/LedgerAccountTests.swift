import Foundation
import TestSupport
import Testing

/// By which account a ledger in a database is reached, and where its secret goes.
@Suite struct LedgerAccountTests {
    private func tcp(_ server: TestServer) throws -> String {
        try #require(server.tcpAddress).description
    }

    @Test func thePasswordComesFromAVariableAFileOrAnOptionFile() throws {
        let fleet = try FleetFixture(shards: 1)
        let file = try fleet.folder.write("s3cret\n", to: "pw")
        let options = try fleet.folder.write(
            "[client]\nuser=nobody\npassword=s3cret\n", to: "own.cnf")
        try Shell.check("chmod", ["600", file, options])
        fleet.setEnvironment("LEDGER_PW", "s3cret")
        let ledger = try fleet.keepLedgerInDatabase(password: "s3cret")
        for connection in [
            "{password_env: LEDGER_PW}", "{password_file: \(file)}", "{option_file: \(options)}",
        ] {
            fleet.file.ledgerLine = "{location: \"\(ledger.place)\", connection: \(connection)}"
            try fleet.commit()
            try fleet.expect(0, "reconcile")
        }
        fleet.file.ledgerLine = "{location: \"\(ledger.place)\", connection: {password_env: NO_PW}}"
        try fleet.commit()
        let unset = try fleet.expect(78, "reconcile")
        #expect(unset.says("password_env", "NO_PW is not set"), "\(unset)")
    }

    @Test("attack: --ledger with other hosts or another user gets no secret")
    func theSecretIsForItsHosts() throws {
        let server = try MariaDBServer.start(listensOnTCP: true)
        let fleet = try FleetFixture(on: server, shards: 1)
        fleet.setEnvironment("LEDGER_PW", "s3cret")
        let ledger = try fleet.keepLedgerInDatabase(
            password: "s3cret", connection: "{password_env: LEDGER_PW}")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "status", "--ledger", ledger.place)
        // The same server by another address, for which nobody named the password.
        let other = try fleet.expect(1, "status", "--ledger", ledger.place(at: try tcp(server)))
        #expect(other.says("Access denied", "using password: NO"), "\(other)")
        try server.connect().execute("CREATE USER mallory@'%' IDENTIFIED BY 's3cret'")
        let place = "mysql://mallory@\(server.address)/\(ledger.database)"
        #expect(try fleet.expect(1, "status", "--ledger", place).says("using password: NO"))
        // With hosts of its own beside the known one, too.
        let both = ledger.place(at: "\(try tcp(server)),\(server.address)")
        #expect(try fleet.expect(1, "status", "--ledger", both).says("using password: NO"))
    }

    @Test("attack: a proposal says where the ledger is, or by which account")
    func aProposalDecidesNothing() throws {
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase()
        try fleet.expect(0, "reconcile")
        try fleet.git("checkout", "-q", "-b", "evil")
        let tripwire = "mysql://root@127.0.0.1:1/plumb"
        fleet.setEnvironment("OTHER", "s3cret")
        for line in [
            "\"\(tripwire)\"", "{location: \"\(ledger.place)\", connection: {password_env: OTHER}}",
            "{location: \"\(tripwire)\", connection: {password_env: OTHER}}", "\"file:../x.git\"",
        ] {
            fleet.file.ledgerLine = line
            try fleet.change("orders.sql", StoryTests.withStatus)
            let plan = try fleet.expect(2, "plan", "--base", "main")
            #expect(plan.says("ledger", "takes effect after the merge"), "\(plan)")
            #expect(plan.says("ADD COLUMN `status`"), "\(plan)")
        }
    }

    @Test("attack: a ledger on a server that the operator does not allow")
    func theOperatorAllowsTheHosts() throws {
        let server = try MariaDBServer.start(listensOnTCP: true)
        let fleet = try FleetFixture(on: server, shards: 1)
        let ledger = try fleet.keepLedgerInDatabase()
        func rules(_ hosts: String, _ ledger: String = "") throws -> String {
            try fleet.folder.write(
                """
                version: 1
                hosts: [\(hosts)]
                environments: {production: [{connection: {user: root}}]}
                approvals: {identity: declared}
                \(ledger)

                """, to: "operator.yaml")
        }
        let socket = "\"\(server.address)\""
        // The shards' server is allowed, and so is the ledger's, which is the same.
        try fleet.expect(0, "reconcile", "--operator", try rules(socket))
        let network = ledger.place(at: try tcp(server))
        fleet.file.ledgerLine = "\"\(network)\""
        try fleet.commit()
        let refused = try fleet.expect(78, "reconcile", "--operator", try rules(socket))
        #expect(
            refused.says("the ledger's server", "is not reached", "operator.yaml"), "\(refused)")
        let named = try fleet.expect(
            78, "log", "--ledger", network, "--operator", try rules(socket))
        #expect(named.says("is not reached"), "\(named)")
        for verb in [
            ["store", "copy", ledger.place, network], ["store", "copy", network, "x.git"],
        ] {
            let copy = try fleet.expect(78, verb + ["--operator", try rules(socket)])
            #expect(copy.says("is not reached"), "\(copy)")
        }
        // The operator's own ledger counts, whatever plumb.yaml says.
        let own = try rules(socket, "ledger: {location: \"\(ledger.place)\"}")
        #expect(try fleet.expect(0, "log", "--operator", own).says("operation-completed"))
    }

    @Test("attack: a ledger over a network without a proof of its server")
    func theServerIsVerified() throws {
        let authority = try Certificates()
        let server = try MariaDBServer.start(
            listensOnTCP: true, certificate: try authority.make("server", for: "DNS:127.1"))
        let fleet = try FleetFixture(on: server, shards: 1)
        fleet.setEnvironment("LEDGER_PW", "s3cret")
        let ledger = try fleet.keepLedgerInDatabase(password: "s3cret")
        let port = try #require(try tcp(server).split(separator: ":").last)
        let place = ledger.place(at: "127.1:\(port)")
        func with(_ tls: String) throws -> Run {
            fleet.file.ledgerLine =
                "{location: \"\(place)\", connection: {password_env: LEDGER_PW\(tls)}}"
            try fleet.commit()
            return try fleet.run("reconcile")
        }
        let strange = try with("")
        #expect(strange.status == 1 && strange.says("TLS", "127.1:\(port)"), "\(strange)")
        let verified = try with(", tls: {ca: \(authority.authority)}")
        #expect(verified.status == 0 && !verified.says("verify-identity"), "\(verified)")
        // Less is taken where it is said, and said at each run.
        let weak = try with(", tls: {mode: required}")
        #expect(weak.status == 0 && weak.says("the server is not verified"), "\(weak)")
        #expect(weak.says("127.1:\(port)"), "\(weak)")
    }

    @Test func aCopyIsMadeByTheAccountThatIsConfiguredOrNamed() throws {
        let fleet = try FleetFixture(shards: 1)
        fleet.setEnvironment("LEDGER_PW", "s3cret")
        let options = try fleet.folder.write("[client]\npassword=s3cret\n", to: "own.cnf")
        try Shell.check("chmod", ["600", options])
        let ledger = try fleet.keepLedgerInDatabase(
            password: "s3cret", connection: "{password_env: LEDGER_PW}")
        try fleet.expect(0, "reconcile")
        // The one in the plumb.yaml of the folder.
        try fleet.expect(0, "store", "copy", ledger.place, "file:../a.git")
        // Elsewhere there is none, unless the command line or the operator's file names one.
        func elsewhere(_ words: [String]) throws -> Shell.Output {
            try Shell.run(
                PlumbProgram.path, ["store", "copy", ledger.place] + words,
                environment: fleet.environment(nil), folder: fleet.folder.path)
        }
        let none = try elsewhere(["b.git"])
        #expect(none.status == 1 && none.stderr.contains("using password: NO"), "\(none)")
        for account in [["--password-env", "LEDGER_PW"], ["--option-file", options]] {
            let named = try elsewhere(["\(account[0].dropFirst(2)).git"] + account)
            #expect(named.status == 0 && named.stdout.contains("are the same in both"), "\(named)")
        }
        let both = try elsewhere(
            ["c.git", "--password-env", "LEDGER_PW", "--option-file", options])
        #expect(both.status == 64, "\(both)")
        let rules = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.server.address)"]
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: declared}
            ledger: {location: "\(ledger.place)", connection: {password_env: LEDGER_PW}}

            """, to: "operator.yaml")
        let ruled = try elsewhere(["d.git", "--operator", rules])
        #expect(ruled.status == 0, "\(ruled)")
        let repaired = try fleet.expect(
            0, "store", "verify", "--repair", "--ledger", "file:../a.git", "--from", ledger.place)
        #expect(repaired.says("all sound"), "\(repaired)")
    }

    @Test("attack: a proposal puts a file where the ledger's secret lies")
    func noSecretIsReadAmongAProposalsFiles() throws {
        let fleet = try FleetFixture(shards: 1)
        let ledger = try fleet.keepLedgerInDatabase(
            password: "s3cret", connection: "{password_file: secrets/pw}")
        try fleet.write(".gitignore", ".plumb\nsecrets\n")
        try fleet.write("secrets/pw", "s3cret\n")
        try fleet.commitFiles("Ignore the secret")
        try fleet.expect(0, "reconcile")
        try fleet.git("checkout", "-q", "-b", "evil")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let plan = try fleet.expect(78, "plan", "--base", "main")
        #expect(plan.says("password_file", "a proposal writes"), "\(plan)")
        _ = ledger
    }

    @Test("attack: less TLS for the ledger than the operator requires")
    func theOperatorRequiresTLS() throws {
        let server = try MariaDBServer.start(listensOnTCP: true)
        let fleet = try FleetFixture(on: server, shards: 1)
        let ledger = try fleet.keepLedgerInDatabase()
        let network = ledger.place(at: try tcp(server))
        fleet.file.ledgerLine = "{location: \"\(network)\", connection: {tls: {mode: disabled}}}"
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        let rules = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(server.address)", "\(try tcp(server))"]
            require: {tls: required}
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: declared}
            ledger: "\(network)"

            """, to: "operator.yaml")
        let refused = try fleet.expect(1, "log", "--operator", rules)
        #expect(refused.says("TLS mode required", "offers no TLS"), "\(refused)")
    }
}
