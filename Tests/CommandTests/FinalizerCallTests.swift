import Foundation
import TestSupport
import Testing

/// `finalizer: {sql: "CALL …", on: HOST}`: a procedure of a server runs once for a namespace after
/// its shards, where the operator allows it.
@Suite("A finalizer calls a procedure, once") struct FinalizerCallTests {
    /// One shard, with a procedure in its database that notes each call, and then does more.
    private struct Calling {
        let fleet: FleetFixture
        let procedure: String

        /// - Parameters:
        ///   - body: what the procedure does after it noted the call.
        ///   - consent: the lines of the operator's file about calls; nil for the right ones.
        init(
            on kind: TestServer.Kind = .mariadb1011, body: String = "", options: String = "",
            consent: String? = nil
        ) throws {
            fleet = try FleetFixture(on: TestServer.shared(kind), shards: 1)
            let host = fleet.file.shards[0].host
            procedure = fleet.database(0) + ".publish"
            try fleet.sql(0, "CREATE TABLE published (what varchar(20))")
            try fleet.sql(
                0,
                """
                CREATE PROCEDURE publish(IN what varchar(20))
                BEGIN INSERT INTO published VALUES (what); \(body) END
                """)
            let standard =
                "finalizer_calls: [{hosts: [\"\(host)\"], procedures: [\(procedure)]}]"
            try fleet.folder.write(
                """
                version: 1
                hosts: ["\(host)"]
                environments: {production: [{connection: {user: root, tls: {mode: disabled}}}]}
                approvals: {identity: declared}
                \(consent ?? standard)

                """, to: "operator.yaml")
            #expect(chmod(fleet.folder.path + "/operator.yaml", 0o600) == 0)
            fleet.setEnvironment("PLUMB_OPERATOR", fleet.folder.path + "/operator.yaml")
            fleet.file.namespace = [
                "finalizer: {sql: \"CALL \(procedure)('it''s' /* words */)\", "
                    + "on: \"\(host)\"\(options)}"
            ]
            try fleet.commit()
        }

        func published() throws -> Int {
            try fleet.sql(0, "SELECT * FROM published WHERE what = 'it''s'").count
        }

        func finalizer() throws -> [String: Any] {
            let status = try fleet.run("status", "--output", "json").json
            return try #require((status["finalizers"] as? [[String: Any]])?.first)
        }

        /// The sessions in which the procedure waits.
        func sessions() throws -> [String] {
            try fleet.sql(
                0,
                """
                SELECT id FROM information_schema.processlist
                WHERE db = DATABASE() AND info LIKE '%SLEEP(61)%' AND info NOT LIKE '%processlist%'
                """
            ).compactMap { $0[0] }
        }
    }

    @Test func theDoctorAsksForTheRightToCallIt() throws {
        let own = try Calling()
        let database = own.fleet.database(0)
        let user = "`\(database)`@`localhost`"
        try own.fleet.sql(0, "CREATE USER \(user)")
        try own.fleet.sql(0, "GRANT ALL PRIVILEGES ON *.* TO \(user)")
        try own.fleet.sql(0, "REVOKE EXECUTE ON *.* FROM \(user)")
        let path = own.fleet.folder.path + "/operator.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try own.fleet.folder.write(
            text.replacingOccurrences(of: "user: root", with: "user: \(database)"),
            to: "operator.yaml")
        #expect(chmod(path, 0o600) == 0)
        let words = "no EXECUTE on the procedure \(own.procedure), which the finalizer of app calls"
        let run = try own.fleet.run("doctor")
        #expect(
            run.says(words, "GRANT EXECUTE ON PROCEDURE `\(database)`.`publish`"), "\(run)")
        try own.fleet.sql(0, "GRANT EXECUTE ON PROCEDURE publish TO \(user)")
        #expect(try !own.fleet.run("doctor").says("no EXECUTE on the procedure"))
        try own.fleet.sql(0, "DROP USER \(user)")
    }

    @Test(arguments: [TestServer.Kind.mariadb1011, .mysql9])
    func itIsCalledOnce(on kind: TestServer.Kind) throws {
        let own = try Calling(on: kind)
        let plan = try own.fleet.expect(2, "plan")
        #expect(plan.says("once all shards of app are changed", "'it''s')` on"), "\(plan)")
        #expect(try own.published() == 0)
        try own.fleet.expect(0, "reconcile")
        #expect(try own.published() == 1)
        #expect(try own.finalizer()["state"] as? String == "completed")
        try own.fleet.expect(0, "reconcile")
        #expect(try own.published() == 1)
        #expect(try own.fleet.eventCount("finalizer-completed") == 1)
        try own.fleet.expect(0, "store", "verify")
    }

    @Test(
        "attack: a procedure that the operator's file does not name, or not there, is not called",
        arguments: [
            "", "finalizer_calls: [{hosts: [\"unix:/other.sock\"], procedures: [a.publish]}]",
            "finalizers: [/bin/sh]",
        ])
    func withoutConsent(consent: String) throws {
        let own = try Calling(consent: consent)
        let plan = try own.fleet.expect(2, "plan")
        #expect(plan.says("finalizer-refused", own.procedure, "finalizer_calls"), "\(plan)")
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says("finalizer of app failed", "does not allow"), "\(run)")
        #expect(try own.published() == 0)
        own.fleet.setEnvironment("PLUMB_OPERATOR", "")
        _ = try own.fleet.run("retry", "--finalizer", "app", "--reason", "without a file")
        #expect(try own.fleet.expect(4, "reconcile").says("does not allow"))
        #expect(try own.published() == 0)
    }

    @Test func whatFailsIsTakenBackAndMayRunAgain() throws {
        let own = try Calling(
            body: "IF @@global.sync_binlog <> 7 THEN SIGNAL SQLSTATE '45000' "
                + "SET MESSAGE_TEXT = 'no such route'; END IF;")
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says("finalizer of app failed", "no such route"), "\(run)")
        #expect(try own.published() == 0)
        try own.fleet.sql(0, "DROP PROCEDURE publish")
        try own.fleet.sql(
            0,
            """
            CREATE PROCEDURE publish(IN what varchar(20)) INSERT INTO published VALUES (what)
            """)
        try own.fleet.expect(0, "retry", "--finalizer", "app", "--reason", "the route is there")
        try own.fleet.expect(0, "reconcile")
        #expect(try own.published() == 1)
    }

    @Test func aDeadlockIsTriedAgain() throws {
        let own = try Calling(
            body: "IF (SELECT COUNT(*) FROM gates) = 0 THEN SIGNAL SQLSTATE '40001' "
                + "SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'; END IF;")
        try own.fleet.sql(0, "CREATE TABLE gates (n int)")
        let run = try own.fleet.expect(2, "reconcile", "--no-wait")
        #expect(
            run.says("finalizer of app failed retryable", "Deadlock", "tried again at"), "\(run)")
        try own.fleet.sql(0, "INSERT INTO gates VALUES (1)")
        try own.fleet.expect(0, "reconcile")
        #expect(try own.published() == 1)
        #expect(try own.finalizer()["state"] as? String == "completed")
    }

    @Test(arguments: [TestServer.Kind.mariadb1011, .mysql9])
    func itEndsAtItsLimit(on kind: TestServer.Kind) throws {
        let own = try Calling(on: kind, body: "DO SLEEP(61);", options: ", timeout: 1s")
        let run = try own.fleet.expect(4, "reconcile")
        #expect(run.says("did not end within 1 s"), "\(run)")
        #expect(try own.published() == 0)
        #expect(try own.sessions().isEmpty)
    }

    /// Whether the session of the call is lost, or the run that made it: it may have been done.
    @Test(arguments: [false, true], [false, true])
    func nobodyKnows(isIdempotent: Bool, isRunKilled: Bool) throws {
        let own = try Calling(
            body: "IF (SELECT COUNT(*) FROM gates) = 0 THEN DO SLEEP(61); END IF;",
            options: isIdempotent ? ", idempotent: true" : "")
        let fleet = own.fleet
        try fleet.sql(0, "CREATE TABLE gates (n int)")
        let running = try fleet.start("reconcile", "--no-wait")
        try running.reaches("the call") { try own.sessions().count == 1 }
        let session = try #require(try own.sessions().first)
        if isRunKilled {
            running.send(SIGKILL)
            _ = try running.wait()
            // It still goes on there, and no second one begins.
            let run = try fleet.run("reconcile", "--no-wait")
            #expect(run.status == (isIdempotent ? 2 : 6), "\(run)")
            #expect(run.says(isIdempotent ? "an earlier run of it still goes on" : "unknown"))
            #expect(try own.sessions().count == 1)
        }
        try fleet.sql(0, "KILL CONNECTION \(session)")
        try fleet.sql(0, "INSERT INTO gates VALUES (1)")
        if !isRunKilled {
            let run = try running.wait()
            #expect(run.status == (isIdempotent ? 2 : 6), "\(run)")
        }
        if !isIdempotent {
            #expect(try own.finalizer()["state"] as? String == "unknown")
            try fleet.expect(6, "reconcile")
            #expect(try own.published() == 0)
            try fleet.expect(0, "retry", "--reason", "it did not")
        }
        try fleet.expect(0, "reconcile")
        #expect(try own.finalizer()["state"] as? String == "completed")
        #expect(try own.published() == 1)
    }
}
