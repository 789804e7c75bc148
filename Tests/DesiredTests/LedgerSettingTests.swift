import Schema
import Testing

@testable import Desired

/// How the servers of a ledger are reached, as `plumb.yaml` and the operator's file say it.
@Suite struct LedgerSettingTests {
    private static let place = "mysql://plumb@db-1,db-2/ledger"

    private func connection(_ text: String) throws -> ConnectionConfiguration? {
        try fleet(
            fleetText(tail: "ledger: {location: \"\(Self.place)\", connection: \(text)}")
        ).ledgerConnection
    }

    @Test(
        arguments: [
            ("{password_env: PW}", .user("plumb", password: .environment("PW"))),
            ("{password_file: pw}", .user("plumb", password: .file(LocalPath("pw")))),
            ("{option_file: /etc/p.cnf}", .optionFile(LocalPath("/etc/p.cnf"))),
            ("{}", .user("plumb", password: .none)),
        ] as [(String, ConnectionConfiguration.Credentials)])
    func theUserIsTheLocations(text: String, account: ConnectionConfiguration.Credentials) throws {
        #expect(try connection(text)?.credentials == account)
    }

    @Test func tlsAndTheTimeAreAsInAConnection() throws {
        let read = try connection(
            "{password_env: PW, tls: {mode: required, ca: ca.pem}, connect_timeout: 3s}")
        #expect(
            read?.tls
                == TLS(mode: .required, ca: LocalPath("ca.pem"), certificate: nil, key: nil))
        #expect(read?.connectTimeoutSeconds == 3)
        #expect(try fleet(fleetText(tail: "ledger: \(Self.place)")).ledgerConnection == nil)
    }

    @Test(
        "attack: a secret in the wrong place is not repeated",
        arguments: [
            ("{password: hunter2}", "would put a password into git"),
            ("{hunter2: x}", "may be a secret: it is not repeated here"),
            ("{user: hunter2}", "`user` is not a key of the ledger's connection"),
            (
                "{password_env: \"hunter2!\"}",
                "`password_env` is not the name of an environment variable"
            ),
            ("{password_env: A, password_file: b}", "has several of"),
            ("{password_env: A, option_file: b}", "has several of"),
            ("{tls: {mode: never}}", "`mode` is `never`"),
        ])
    func faultsOfTheConnection(text: String, told: String) {
        let found = faults(
            fleetText(tail: "ledger: {location: \"\(Self.place)\", connection: \(text)}"))
        #expect(found.count == 1 && found[0].contains(told), "\(found)")
        #expect(!found.contains { $0.contains("hunter2") }, "\(found)")
    }

    @Test(
        "attack: a password in the location is not repeated",
        arguments: [
            "mysql://u:hunter2@h/d", "mysql://u:hunter2@x@h/d", "mysql://u:hun/ter2@h/d",
            "mysql://hunter2/h/d", "mysql://u@h/d?password=hunter2", "mysql://u:hunter2",
            "mysql://u@h:hunter2/d", "mysql://:hunter2@h/d", "mysql://u@hunter2@/d",
        ])
    func faultsOfTheLocation(text: String) {
        for line in ["\"\(text)\"", "{location: \"\(text)\", connection: {password_env: A}}"] {
            let found = faults(fleetText(tail: "ledger: \(line)"))
            #expect(found.count == 1, "\(found)")
            #expect(
                !found.contains { $0.contains("hunter") || $0.contains("ter2") }, "\(found)")
        }
    }

    @Test func aFolderHasNoConnection() {
        let found = faults(fleetText(tail: "ledger: {connection: {password_env: A}}"))
        #expect(found.count == 1 && found[0].contains("its location is a folder"), "\(found)")
    }

    @Test func everyServerOfTheLedgerIsNoShard() {
        let found = faults(fleetText(tail: "ledger: \"mysql://u@db-9,db-1:3306/b\""))
        #expect(
            found.count == 1 && found[0].contains("the shard commerce/b and the ledger are both"),
            "\(found)")
        #expect(faults(fleetText(tail: "ledger: \"mysql://u@db-9,db-1:3306/c\"")).isEmpty)
    }

    @Test func anAccountIsForItsUserAndServersOnly() throws {
        func database(_ text: String) throws -> LedgerDatabase {
            guard case .mysql(let database) = try LedgerLocation(text) else {
                throw LedgerLocation.Fault.other("no database")
            }
            return database
        }
        let own = try database(Self.place)
        let cases = [
            ("mysql://plumb@db-1/other", true), ("mysql://plumb@db-2,db-1/ledger", true),
            ("mysql://plumb@db-1,db-3/ledger", false), ("mysql://root@db-1/ledger", false),
            ("mysql://plumb@db-1:3307/ledger", false), ("mysql://plumb@DB-1/ledger", false),
        ]
        for (text, isReached) in cases {
            #expect(try database(text).isReached(asIn: own) == isReached, "\(text)")
        }
    }

    // MARK: The operator's file

    @Test func theOperatorHasTheLastWord() throws {
        let written = try fleet(
            fleetText(
                tail: "ledger: {location: \"\(Self.place)\", connection: {password_env: A}}"))
        let silent = try operatorFile(operatorText()).applied(to: written)
        #expect(silent.ledger == written.ledger)
        #expect(silent.ledgerConnection == nil, "a secret that only plumb.yaml names")
        let own = try operatorFile(
            operatorText(
                "ledger: {location: \"mysql://own@db-7/own\", connection: {password_env: B}}"))
        let ruled = try own.applied(to: written)
        #expect(ruled.ledger.description == "mysql://own@db-7:3306/own")
        #expect(ruled.ledgerConnection?.credentials == .user("own", password: .environment("B")))
        let folder = try operatorFile(operatorText("ledger: file:/var/lib/plumb/ledger.git"))
        #expect(try folder.applied(to: written).ledgerConnection == nil)
    }

    @Test(arguments: [
        ("{connection: {password_env: A}}", "`ledger` has no `location`"),
        ("{location: \"file:x\"}", "is not `file:` and an absolute path"),
        (
            "{location: \"mysql://u@db-1/d\", connection: {password_file: pw}}",
            "`password_file` is `pw`, which is not a whole path"
        ),
        ("\"mysql://u:hunter2@db-1/d\"", "has a password in it"),
    ])
    func faultsOfTheOperatorsFile(text: String, told: String) {
        let error = #expect(throws: DesiredError.self) {
            try operatorFile(operatorText("ledger: \(text)"))
        }
        let said = error?.description ?? ""
        #expect(said.contains(told) && !said.contains("hunter2"), "\(said)")
    }

    @Test func whatIsRequiredOfTLSHoldsForTheLedger() throws {
        let own = try operatorFile(operatorText("require: {tls: verify-identity}"))
        let connection = ConnectionConfiguration(only: .user("u", password: .none))
        let server = try #require(ServerAddress("db-1"))
        #expect(own.required(of: connection, to: server).leastTLS == .verifyIdentity)
        #expect(own.required(of: connection, to: .socket(path: "/m")).leastTLS == nil)
    }
}
