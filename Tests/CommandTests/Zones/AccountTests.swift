import Foundation
import TestSupport
import Testing

/// Each command with accounts that have the rights of docs/operation.md and no other; the server's
/// own log says who did what.
@Suite("attack: a command that uses an account it has no need of")
struct AccountTests {
    private static let everything =
        "manage: [tables, views, triggers, routines, events]"

    private static let schema = [
        "orders.sql": FleetFixture.orders,
        "open_orders.sql": "CREATE VIEW open_orders AS SELECT id, note FROM orders;\n",
        "stamp.sql":
            "CREATE TRIGGER stamp BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'x';\n",
        "double.sql": "CREATE FUNCTION twice(a int) RETURNS int DETERMINISTIC RETURN a * 2;\n",
    ]

    /// A server of its own that writes down every statement.
    private final class Logged {
        let server: TestServer
        let fleet: FleetFixture

        init(_ kind: TestServer.Kind) throws {
            server = try TestServer.start(
                kind, options: ["--general-log=1", "--log-output=TABLE"])
            fleet = try FleetFixture(on: server, schema: AccountTests.schema)
            fleet.file.namespace = [AccountTests.everything]
            let root = try server.connect()
            if kind.flavour == .mysql {
                // Without binary log nothing asks for more than the routine's own right.
                try root.execute("SET GLOBAL log_bin_trust_function_creators = 1")
            }
            for account in AccountGrants.accounts {
                try root.execute(
                    "CREATE USER '\(account.name)'@'%' IDENTIFIED BY '\(account.name)'")
                for shard in 0..<2 {
                    for grant in account.shard(fleet.database(shard), kind.flavour) {
                        try root.execute("GRANT \(grant) TO '\(account.name)'@'%'")
                    }
                }
                for grant in account.global(kind.flavour) {
                    try root.execute("GRANT \(grant) TO '\(account.name)'@'%'")
                }
                fleet.setEnvironment("PW_\(account.name.uppercased())", account.name)
            }
            fleet.file.connection =
                "{read: {user: reader, password_env: PW_READER}, "
                + "workspace: {user: worker, password_env: PW_WORKER}, "
                + "change: {user: changer, password_env: PW_CHANGER}, tls: {mode: disabled}}"
            try fleet.commit()
        }

        /// Every statement of an account since the log was last emptied.
        func statements(of account: String) throws -> [String] {
            try server.connect().query(
                "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log "
                    + "WHERE user_host LIKE '%[\(account)]%' OR user_host LIKE '\(account)[%'"
            ).compactMap { $0[0] }
        }

        func forget() throws { try server.connect().execute("TRUNCATE mysql.general_log") }
    }

    private func changes(_ statements: [String]) -> [String] {
        let words = ["CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "RENAME", "GRANT"]
        return statements.filter { text in words.contains { text.hasPrefix($0 + " ") } }
    }

    @Test(arguments: TestServer.available)
    func eachDoesItsOwn(kind: TestServer.Kind) throws {
        let logged = try Logged(kind)
        let fleet = logged.fleet
        try logged.forget()
        let plan = try fleet.expect(2, "plan")
        #expect(plan.says("CREATE TABLE"), "\(plan)")
        #expect(try logged.statements(of: "changer").isEmpty)
        #expect(try changes(logged.statements(of: "reader")).isEmpty)
        #expect(try !logged.statements(of: "reader").isEmpty)
        let made = try changes(logged.statements(of: "worker"))
        #expect(made.contains { $0.hasPrefix("CREATE DATABASE `_plumb_ws_") }, "\(made)")

        try logged.forget()
        try fleet.expect(0, "reconcile")
        let changed = try changes(logged.statements(of: "changer"))
        #expect(changed.contains { $0.hasPrefix("CREATE TABLE") }, "\(changed)")
        #expect(changed.allSatisfy { !$0.contains("_plumb_ws_") }, "\(changed)")
        #expect(try changes(logged.statements(of: "reader")).isEmpty)

        try fleet.change("orders.sql", StoryTests.withStatus)
        try logged.forget()
        try fleet.expect(2, "plan")
        try fleet.expect(2, "drift")
        #expect(try logged.statements(of: "changer").isEmpty)
        #expect(try changes(logged.statements(of: "reader")).isEmpty)
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "drift")

        // The account that changes is of no use to what only looks: its password may be nowhere.
        fleet.setEnvironment("PW_CHANGER", "wrong")
        try fleet.expect(0, "plan")
        try fleet.expect(0, "drift")
        try fleet.change("orders.sql", FleetFixture.orders + "\n")
        try fleet.expect(3, "plan")
    }

    @Test(arguments: TestServer.available)
    func importAndDaemonDoTheirOwnToo(kind: TestServer.Kind) throws {
        let logged = try Logged(kind)
        let fleet = logged.fleet
        let daemon = try fleet.start("daemon", "--interval", "1s")
        #expect(try daemon.says("\"event\":\"pass\"", times: 2))
        daemon.send(SIGTERM)
        let run = try daemon.wait()
        #expect(!run.says("pass-failed"), "\(run)")
        let changed = try changes(logged.statements(of: "changer"))
        #expect(changed.contains { $0.hasPrefix("CREATE TABLE") }, "\(changed)")
        #expect(changed.allSatisfy { !$0.contains("_plumb_ws_") }, "\(changed)")

        try logged.forget()
        let host = fleet.file.shards[0].host
        let copy = try fleet.expect(
            0, "import", "--host", host, "--database", fleet.database(0), "--user", "reader",
            "--password-env", "PW_READER", "--manage", "all", "--into", "../copy")
        #expect(copy.says("1 table, 3 other objects"), "\(copy)")
        try fleet.expect(0, "import", "--record")
        try fleet.expect(0, "drift")
        #expect(try changes(logged.statements(of: "reader")).isEmpty)
        #expect(try logged.statements(of: "changer").isEmpty)
    }

    @Test func onlyTheAccountsThatAreNeededMustBeThere() throws {
        let fleet = try FleetFixture()
        let root = "user: root"
        fleet.file.connection = "{read: {\(root)}, tls: {mode: disabled}}"
        try fleet.commit()
        try fleet.expect(2, "plan")
        let run = try fleet.expect(78, "reconcile")
        #expect(run.says("no account is configured to change shards", "`change`"), "\(run)")
        fleet.file.connection =
            "{read: {\(root)}, change: {user: root, password_env: PLUMB_TEST_NOT_SET}, "
            + "tls: {mode: disabled}}"
        try fleet.commit()
        try fleet.expect(2, "plan")
        #expect(try fleet.expect(78, "reconcile").says("PLUMB_TEST_NOT_SET is not set"))
        fleet.file.connection = "{change: {\(root)}, tls: {mode: disabled}}"
        try fleet.commit()
        try fleet.expect(0, "reconcile")
    }

    @Test(arguments: TestServer.available)
    func doctorNamesWhatEachAccountLacks(kind: TestServer.Kind) throws {
        let logged = try Logged(kind)
        let fleet = logged.fleet
        try fleet.expect(0, "reconcile")
        let sound = try fleet.expect(0, "doctor", "--output", "json")
        #expect(try sound.list("rows").allSatisfy { $0["status"] as? String == "ok" }, "\(sound)")
        let root = try logged.server.connect()
        let database = SQL.identifier(fleet.database(0).replacingOccurrences(of: "_", with: "\\_"))
        try root.execute("REVOKE ALTER ON \(database).* FROM 'changer'@'%'")
        try root.execute("REVOKE SELECT ON \(database).* FROM 'reader'@'%'")
        try root.execute("REVOKE DROP ON `\\_plumb\\_ws\\_%`.* FROM 'worker'@'%'")
        let lacking = try fleet.expect(1, "doctor")
        #expect(lacking.says("GRANT ALTER ON \(database).* TO 'changer'@'%'"), "\(lacking)")
        #expect(lacking.says("GRANT SELECT ON \(database).* TO 'reader'@'%'"), "\(lacking)")
        #expect(
            lacking.says("GRANT DROP ON `\\_plumb\\_ws\\_%`.* TO 'worker'@'%'"), "\(lacking)")
        fleet.setEnvironment("PW_CHANGER", "wrong")
        #expect(try fleet.expect(1, "doctor").says("the account of `change` cannot be looked at"))
    }

    /// A doctor who knows of tables alone calls sound what cannot even look.
    @Test(arguments: TestServer.available)
    func doctorKnowsWhatIsManaged(kind: TestServer.Kind) throws {
        let logged = try Logged(kind)
        let fleet = logged.fleet
        try fleet.expect(0, "reconcile")
        let root = try logged.server.connect()
        let shard = fleet.database(0).replacingOccurrences(of: "_", with: "\\_")
        let place = "\(SQL.identifier(shard)).*"
        let texts = kind.flavour == .mariadb ? "SELECT ON mysql.proc" : "SHOW_ROUTINE ON *.*"
        var rights: [(right: String, account: String)] = [
            ("SHOW VIEW ON \(place)", "reader"), ("TRIGGER ON \(place)", "reader"),
            ("EVENT ON \(place)", "reader"), (texts, "reader"), (texts, "changer"),
            ("CREATE VIEW ON \(place)", "changer"), ("TRIGGER ON \(place)", "changer"),
            ("ALTER ROUTINE ON \(place)", "changer"),
        ]
        if kind.flavour == .mariadb { rights.append(("EXECUTE ON \(place)", "reader")) }
        for (right, account) in rights {
            try root.execute("REVOKE \(right) FROM '\(account)'@'%'")
            let lacking = try fleet.expect(1, "doctor")
            #expect(lacking.says("GRANT \(right) TO '\(account)'@'%'"), "\(lacking)")
            if account == "reader" { try fleet.expect(6, "plan") }
            try root.execute("GRANT \(right) TO '\(account)'@'%'")
        }
        // A role lets the account do it, and the server's lists show it nothing.
        try root.execute("CREATE ROLE seer")
        try root.execute("GRANT TRIGGER ON \(place) TO seer")
        try root.execute("GRANT seer TO 'reader'@'%'")
        try root.execute(
            kind.flavour == .mariadb
                ? "SET DEFAULT ROLE seer FOR 'reader'@'%'" : "SET DEFAULT ROLE seer TO 'reader'@'%'"
        )
        try root.execute("REVOKE TRIGGER ON \(place) FROM 'reader'@'%'")
        let role = try fleet.expect(1, "doctor")
        #expect(role.says("by a role only", "GRANT TRIGGER ON \(place) TO 'reader'"), "\(role)")
        try fleet.expect(6, "plan")
        try root.execute("REVOKE ALL ON `\\_plumb\\_ws\\_%`.* FROM 'worker'@'%'")
        let lacking = try fleet.expect(1, "doctor")
        #expect(lacking.says("CREATE VIEW", "CREATE ROUTINE", "'worker'@'%'"), "\(lacking)")
    }

    /// Where `read` is given, not even a workspace is a reason to log in with what can change.
    @Test func withoutAWorkspaceAccountTheOneThatReadsIsUsed() throws {
        let logged = try Logged(.mariadb1011)
        let fleet = logged.fleet
        fleet.file.connection = fleet.file.connection.replacingOccurrences(
            of: "workspace: {user: worker, password_env: PW_WORKER}, ", with: "")
        try fleet.commit()
        try logged.forget()
        let run = try fleet.expect(1, "plan")
        #expect(run.says("denied"), "\(run)")
        #expect(try logged.statements(of: "changer").isEmpty)
        #expect(try fleet.run("doctor").says("needs rights to make databases"))
    }
}

/// The grants of docs/operation.md.
struct AccountGrants {
    let name: String
    let shard: @Sendable (String, ServerProfile.Flavour) -> [String]
    let global: @Sendable (ServerProfile.Flavour) -> [String]

    static let accounts = [
        AccountGrants(
            name: "reader",
            shard: { database, flavour in
                ["SELECT, SHOW VIEW, TRIGGER, EVENT ON \(quoted(database)).*"]
                    + (flavour == .mariadb ? ["EXECUTE ON \(quoted(database)).*"] : [])
            },
            global: { flavour in
                ["SELECT ON mysql.innodb_table_stats", "PROCESS ON *.*"]
                    + (flavour == .mysql
                        ? ["SHOW_ROUTINE ON *.*", "SELECT ON performance_schema.*"]
                        : ["SELECT ON mysql.proc"])
            }),
        AccountGrants(
            name: "worker", shard: { _, _ in [] },
            global: { _ in ["ALL ON `\\_plumb\\_ws\\_%`.*"] }),
        AccountGrants(
            name: "changer",
            shard: { database, _ in
                [
                    "SELECT, INSERT, CREATE, ALTER, INDEX, DROP, REFERENCES, CREATE VIEW, "
                        + "SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT ON "
                        + "\(quoted(database)).*"
                ]
            },
            global: { flavour in
                flavour == .mysql ? ["SHOW_ROUTINE ON *.*"] : ["SELECT ON mysql.proc"]
            }),
    ]

    private static func quoted(_ database: String) -> String {
        SQL.identifier(database.replacingOccurrences(of: "_", with: "\\_"))
    }
}
