import Foundation
import Schema
import Testing

@testable import Desired

/// An operator's file in which every key stands.
let operatorExample = """
    version: 1
    hosts: ["db-*.internal:3306", "10.1.2.*", "unix:/run/mysqld/*.sock"]
    environments:
      production:
        - hosts: ["db-*.internal"]
          connection:
            read: {user: plumb_read, password_file: /etc/plumb/read}
            workspace: {user: plumb_ws, password_env: PLUMB_WS}
            change: {option_file: /etc/plumb/change.cnf}
            tls: {mode: verify-identity, ca: /etc/plumb/ca.pem}
        - connection: {user: plumb}
    follow: main
    ledger: file:/var/lib/plumb/ledger.git
    workspace: {host: 10.1.2.9, prefix: plumb_scratch}
    require:
      tls: verify-identity
      approve: [costly, lossy, irreversible]
      approvers: {minimum: 2, not_author: true}
      drift: additive
      windows: [{allow: "Mon-Fri 09:00-16:00", zone: Europe/Berlin}]
      limits: {drops_per_plan: 3}
    approvals:
      identity: signed
      allowed_signers: /etc/plumb/allowed_signers
      folding: {tags: false}
    limits: {approval: 7d}
    finalizers: [/usr/local/bin/publish]
    health: [/usr/local/bin/check]
    finalizer_calls: [{hosts: ["db-*.internal"], procedures: [routing.publish]}]
    allow: [data_directory]
    sign_ledger: /etc/plumb/ledger.key
    notifications:
      - {name: chat, url_file: /etc/plumb/chat.url, template: slack, environments: [production]}
      - name: pager
        url: https://hooks.internal/plumb
        secret_env: PLUMB_PAGER
        events: [rollout-failed, shard-unknown]
        ca: /etc/plumb/ca.pem
    """

func operatorFile(_ text: String) throws -> Operator {
    try Operator(Array(text.utf8), file: "operator.yaml")
}

/// The smallest file, with room for more.
func operatorText(_ more: String = "") -> String {
    """
    version: 1
    hosts: ["db-*"]
    environments: {production: [{connection: {user: plumb}}]}
    approvals: {identity: declared}
    \(more)
    """
}

@Suite("The operator's file") struct OperatorTests {
    @Test func theExampleIsReadWhole() throws {
        let own = try operatorFile(operatorExample)
        #expect(
            own.hosts.map(\.written) == [
                "db-*.internal:3306", "10.1.2.*", "unix:/run/mysqld/*.sock",
            ])
        let db = ServerAddress.tcp(host: "db-0.internal", port: 3306)
        let connection = try #require(own.connection(to: db, of: "production"))
        #expect(
            connection.readAccount
                == .user("plumb_read", password: .file(LocalPath("/etc/plumb/read"))))
        #expect(
            connection.workspaceAccount == .user("plumb_ws", password: .environment("PLUMB_WS")))
        #expect(connection.credentials == .optionFile(LocalPath("/etc/plumb/change.cnf")))
        #expect(own.follow == "main")
        #expect(own.ledger == .file(path: "/var/lib/plumb/ledger.git"))
        #expect(own.workspace?.host == .tcp(host: "10.1.2.9", port: 3306))
        #expect(own.workspace?.prefix == "plumb_scratch")
        #expect(own.require.approvers?.value == Approvers(minimum: 2, notAuthor: true))
        #expect(own.require.windows.count == 1)
        #expect(
            own.approvals
                == ApprovalRules(
                    identity: .signed, allowedSigners: "/etc/plumb/allowed_signers",
                    foldsTags: false, lifetimeSeconds: 7 * 86_400))
        #expect(own.allows(finalizer: "/usr/local/bin/publish"))
        #expect(!own.allows(finalizer: "/usr/local/bin/check"))
        #expect(own.allows(health: "/usr/local/bin/check"))
        #expect(!own.allows(health: "/usr/local/bin/publish"))
        for (sql, host, isAllowed) in [
            ("CALL routing.publish(1)", "db-1.internal", true),
            ("CALL `routing`.`publish`()", "db-1.internal:3306", true),
            ("CALL Routing.publish()", "db-1.internal", false),
            ("CALL routing.other()", "db-1.internal", false),
            ("CALL other.publish()", "db-1.internal", false),
            ("CALL routing.publish()", "db-1.internal:3307", false),
            ("CALL routing.publish()", "elsewhere.internal", false),
        ] {
            let server = try #require(ServerAddress(host))
            #expect(try own.allows(call: ProcedureCall(sql), on: server) == isAllowed, "\(sql)")
        }
        #expect(!own.allows(finalizer: "/usr/local/bin/../bin/publish"))
        #expect(own.allowsDataDirectory)
        #expect(own.ledgerKey == "/etc/plumb/ledger.key")
        #expect(
            own.notifications == [
                NotificationTarget(
                    name: "chat", url: .file("/etc/plumb/chat.url"), environments: ["production"],
                    template: .slack),
                NotificationTarget(
                    name: "pager", url: .written("https://hooks.internal/plumb"),
                    secret: .environment("PLUMB_PAGER"), events: [.rolloutFailed, .shardUnknown],
                    authorityFile: "/etc/plumb/ca.pem"),
            ])
    }

    @Test func whatIsLeftAwayHasDefaults() throws {
        let own = try operatorFile(operatorText())
        #expect(own.approvals == ApprovalRules(identity: .declared))
        #expect(own.approvals.lifetimeSeconds == 30 * 86_400)
        #expect(
            own.finalizers.isEmpty && own.health.isEmpty && !own.allowsDataDirectory
                && own.ledgerKey == nil)
        #expect(own.follow == nil && own.ledger == nil && own.workspace == nil)
    }

    @Test("attack: a host that the operator does not name gets no account")
    func accountsAreBoundToHosts() throws {
        let own = try operatorFile(operatorExample)
        func user(_ text: String, _ environment: String = "production") throws -> String? {
            let server = try #require(ServerAddress(text))
            guard
                case .user(let name, _)? =
                    own.connection(to: server, of: environment)?.readAccount
            else { return nil }
            return name
        }
        #expect(try user("db-0.internal") == "plumb_read")
        #expect(try user("10.1.2.3") == "plumb")
        #expect(try user("unix:/run/mysqld/a.sock") == "plumb")
        #expect(try user("evil.example") == nil)
        #expect(try user("db-0.internal:3307") == nil)
        #expect(try user("db-0.internal", "staging") == nil)
    }

    @Test func tlsIsRaisedForAllButSockets() throws {
        let own = try operatorFile(operatorExample)
        func mode(_ text: String) throws -> TLS.Mode? {
            own.connection(to: try #require(ServerAddress(text)), of: "production")?.leastTLS
        }
        #expect(try mode("10.1.2.3") == .verifyIdentity)
        #expect(try mode("unix:/run/mysqld/a.sock") == nil)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let told: String
        var testDescription: String { new }
    }

    @Test(arguments: [
        Fault(old: "version: 1", new: "version: 2", told: ":1:10: error: this file has version 2"),
        Fault(old: "hosts: [\"db-*\"]", new: "host: [a]", told: "did you mean `hosts`?"),
        Fault(old: "[\"db-*\"]", new: "[]", told: ":2:8: error: `hosts` is empty"),
        Fault(old: "db-*", new: "10.1.*", told: "four numbers"),
        Fault(
            old: "user: plumb", new: "user: plumb, password: hunter2",
            told: "would put a password into git"),
        Fault(
            old: "user: plumb", new: "user: plumb, password_file: pw",
            told: "`password_file` is `pw`, which is not a whole path"),
        Fault(
            old: "user: plumb", new: "option_file: /etc/../etc/x",
            told: "`option_file` is `/etc/../etc/x`, which is not a whole path"),
        Fault(
            old: "identity: declared", new: "identity: signed",
            told: "no `allowed_signers` says whose signatures count"),
        Fault(
            old: "identity: declared", new: "identity: server, tokens: /etc/plumb/tokens",
            told: "no `daemons` says whose signatures count"),
        Fault(
            old: "identity: declared", new: "identity: server, daemons: /etc/plumb/daemons",
            told: "no `tokens` says who may approve"),
        Fault(
            old: "identity: declared", new: "identity: server, daemons: daemons, tokens: /t",
            told: "`daemons` is `daemons`, which is not an absolute path"),
        Fault(
            old: "identity: declared", new: "identity: declared, authors: signed",
            told: "set `identity` to `signed`, too"),
        Fault(
            old: "identity: declared",
            new: "identity: declared, openpgp: {signers: /etc/plumb/names}",
            told: "`openpgp` has no `keys`"),
        Fault(old: "identity: declared", new: "identity: sworn", told: "`identity` is `sworn`"),
        Fault(
            old: "approvals: {identity: declared}", new: "", told: "has no `approvals`"),
        Fault(old: "version: 1", new: "version: 1\nfollow: -x", told: "not the name of a branch"),
        Fault(
            old: "version: 1", new: "version: 1\nfollow: \"main@{1}\"",
            told: "not the name of a branch"),
        Fault(
            old: "version: 1", new: "version: 1\nledger: \"file:rel\"",
            told: "is not `file:` and an absolute path"),
        Fault(
            old: "version: 1", new: "version: 1\nfinalizers: [publish]",
            told: "not an absolute path"),
        Fault(
            old: "version: 1", new: "version: 1\nallow: [data_dir]",
            told: "`allow` is `data_dir`"),
        Fault(
            old: "version: 1", new: "version: 1\nlimits: {approval: 0s}", told: "out of range"),
        Fault(
            old: "connection: {user: plumb}",
            new: "connection: {user: plumb, tls: {mode: required}}",
            told: "`require` asks for `verify-identity`"),
    ])
    func faultsAreNamedWithTheirPlace(_ fault: Fault) {
        let text = operatorText("require: {tls: verify-identity}")
            .replacingOccurrences(of: fault.old, with: fault.new)
        let error = #expect(throws: DesiredError.self) { try operatorFile(text) }
        let told = error?.description ?? ""
        #expect(told.contains(fault.told), "\(told)")
        #expect(told.contains("operator.yaml:"), "\(told)")
        #expect(!told.contains("hunter2"), "\(told)")
    }
}
