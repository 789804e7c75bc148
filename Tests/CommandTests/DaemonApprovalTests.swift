import Foundation
import TestSupport
import Testing

@Suite("attack: with approvals.identity server only what a trusted daemon took counts")
struct DaemonApprovalProgramTests {
    private let fleet: FleetFixture
    private let daemonKey: String

    init() throws {
        fleet = try FleetFixture(shards: 1)
        try DaemonOverHTTP.leaveADropWaiting(in: fleet)
        try DaemonOverHTTP.write(DaemonOverHTTP.secrets, for: fleet)
        daemonKey = try SSHKeys.make(fleet.folder.path + "/daemon-key")
        try writeOperator("operator.yaml", approvals: try Self.approvals(fleet, [daemonKey]))
        fleet.setEnvironment("PLUMB_OPERATOR", fleet.folder.path + "/operator.yaml")
    }

    private static func approvals(_ fleet: FleetFixture, _ keys: [String]) throws -> String {
        let lines = try keys.map { "plumbd \(try SSHKeys.publicLine($0))\n" }.joined()
        let daemons = try fleet.folder.write(lines, to: "daemons")
        chmod(daemons, 0o600)
        return "{identity: server, daemons: \(daemons), tokens: \(fleet.folder.path)/tokens}"
    }

    private func writeOperator(_ name: String, approvals: String) throws {
        let path = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.file.shards[0].host)"]
            environments: {production: [{connection: {user: root}}]}
            approvals: \(approvals)
            """, to: name)
        chmod(path, 0o600)
    }

    private func isDropped() throws -> Bool { try fleet.sql(0, "SHOW TABLES LIKE 'log'").isEmpty }

    private func waiting(_ daemon: DaemonOverHTTP) throws -> String {
        try daemon.waits(for: "a step that waits", at: "/approvals") { !$0.rows.isEmpty }
        return try #require(try daemon.ask("/approvals").rows.first?["digest"] as? String)
    }

    private func approve(_ digest: String, at daemon: DaemonOverHTTP) throws -> DaemonOverHTTP.Reply
    {
        try daemon.ask("/approve", #"{"digest": ["\#(digest)"], "reason": "nobody reads it"}"#)
    }

    private func stop(_ daemon: DaemonOverHTTP) throws {
        daemon.program.send(SIGTERM)
        _ = try daemon.program.wait()
    }

    @Test("what a token with the role gives to the daemon counts, runs, and verifies later")
    func taken() throws {
        let daemon = try DaemonOverHTTP(fleet, more: ["--approval-key", daemonKey])
        let reply = try approve(try waiting(daemon), at: daemon)
        #expect(reply.status == 200, "\(reply)")
        try daemon.program.reaches("the drop") { try isDropped() }
        try stop(daemon)
        // Who left has no token any more; what was given then is proved by the daemon's key.
        try DaemonOverHTTP.write(["read": "read-0123456789abcdef01234567"], for: fleet)
        let audit = try fleet.expect(0, "verify-approvals")
        #expect(
            audit.says("proof: by the token of approve@example.com, signed by the daemon plumbd"),
            "\(audit)")
    }

    @Test("who may write to the ledger alone approves nothing, signed or not")
    func ledgerAlone() throws {
        let digest = try StoryTests.waiting(fleet)
        let shown = try fleet.run("plan")
        #expect(shown.says("--server URL"), "\(shown)")
        let own = try fleet.expect(5, "approve", digest, "--reason", "r", by: "eve@example.com")
        #expect(own.says("no daemon vouches for it"), "\(own)")
        // With rules of his own, and a key of his own, his program records what it likes.
        let mine = try SSHKeys.make(fleet.folder.path + "/mine")
        try writeOperator("mine.yaml", approvals: "{identity: declared}")
        for signing in [[], ["--sign", mine]] {
            let words = ["approve", digest, "--reason", "r"] + signing
            let path = fleet.folder.path + "/mine.yaml"
            try fleet.expect(0, words + ["--operator", path], by: "eve@example.com")
        }
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("no daemon vouches for it"), "\(asked)")
        #expect(try !isDropped())
    }

    @Test("a daemon whose key is not listed takes nothing that counts, nor one without a key")
    func strangeDaemon() throws {
        let other = try SSHKeys.make(fleet.folder.path + "/other")
        for more in [["--approval-key", other], []] {
            let daemon = try DaemonOverHTTP(fleet, more: more)
            let reply = try approve(try waiting(daemon), at: daemon)
            #expect(reply.status == 409 || reply.status == 403, "\(reply)")
            let reason = more.isEmpty ? "no daemon vouches for it" : "does not name the key"
            #expect(reply.text.contains(reason), "\(reply)")
            try stop(daemon)
        }
        #expect(try !isDropped())
    }

    @Test("a token that was revoked after it approved lets nothing begin") func revoked() throws {
        fleet.file.policy = ["approvers: {minimum: 2}"]
        try fleet.commit("Two", author: "root@example.com")
        let daemon = try DaemonOverHTTP(fleet, more: ["--approval-key", daemonKey])
        let reply = try approve(try waiting(daemon), at: daemon)
        #expect(reply.status == 200, "\(reply)")
        try stop(daemon)
        fleet.file.policy = ["approvers: {minimum: 1}"]
        try fleet.commit("One", author: "root@example.com")
        try DaemonOverHTTP.write(["read": "read-0123456789abcdef01234567"], for: fleet)
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("may not approve any more"), "\(asked)")
        #expect(try !isDropped())
        try DaemonOverHTTP.write(DaemonOverHTTP.secrets, for: fleet)
        try fleet.expect(0, "reconcile")
        #expect(try isDropped())
    }

    @Test("a key that others can read, or that asks for a passphrase, starts no daemon")
    func keys() throws {
        let locked = fleet.folder.path + "/locked"
        try Shell.check("ssh-keygen", ["-q", "-t", "ed25519", "-N", "a b c d", "-f", locked])
        chmod(daemonKey, 0o640)
        for (key, words) in [
            (daemonKey, "others than its owner"), (locked, "no ed25519 key without a passphrase"),
            (fleet.folder.path + "/none", "No such file"),
        ] {
            let result = try fleet.start([
                "daemon", "--listen", "0", "--tokens", fleet.folder.path + "/tokens",
                "--approval-key", key,
            ]).wait()
            #expect(result.status != 0 && result.says(words), "\(result)")
        }
        let alone = try fleet.expect(64, "daemon", "--approval-key", daemonKey)
        #expect(alone.says("--approval-key is for a daemon that answers over HTTP"), "\(alone)")
    }
}
