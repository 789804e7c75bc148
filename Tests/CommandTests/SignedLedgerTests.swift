import Foundation
import TestSupport
import Testing

/// `ledger: {sign: key}` and `plumb store verify --signed`.
@Suite struct SignedLedgerCommandTests {
    /// A fleet whose ledger is signed, the file of its allowed signers, and another key.
    private func signedFleet() throws -> (fleet: FleetFixture, signers: String) {
        let fleet = try FleetFixture(shards: 1)
        for name in ["key", "other"] {
            try SSHKeys.make("\(fleet.folder.path)/\(name)")
        }
        fleet.file.ledgerKey = "../key"
        try fleet.commit("Sign the ledger")
        let line = try SSHKeys.publicLine(fleet.folder.path + "/key")
        return (fleet, try fleet.folder.write("plumb@example.com \(line)\n", to: "signers"))
    }

    @Test func reconcileSignsAndVerifyShowsIt() throws {
        let (fleet, signers) = try signedFleet()
        try fleet.expect(0, "reconcile")
        let verify = ["store", "verify", "--signed", "--allowed-signers", signers]
        let run = try fleet.expect(0, verify)
        let tip = try fleet.ledgerGit("rev-parse", "production")
        #expect(
            run.says(
                "signed since", "by plumb@example.com", "newest commit \(tip)",
                "every commit is signed"), "\(run)")
        let json = try fleet.expect(0, verify + ["--output", "json", "--since", tip])
        #expect(try json.list("rows").isEmpty)
        let count = try fleet.ledgerGit("rev-list", "--count", "--all")
        #expect(run.says("\(count) commits signed"), "\(run)")
        // What reads goes on reading, without the key.
        try FileManager.default.removeItem(atPath: fleet.folder.path + "/key")
        try fleet.expect(0, "status")
        try fleet.expect(0, "log")
        try fleet.expect(0, verify)
    }

    @Test("attack: a ledger that somebody without the key went on writing")
    func forged() throws {
        let (fleet, signers) = try signedFleet()
        try fleet.expect(0, "reconcile")
        let verify = ["store", "verify", "--signed", "--allowed-signers", signers]
        let message = try fleet.ledgerGit("log", "-1", "--format=%B")
        let forged = try fleet.ledgerGit(
            "commit-tree", "production^{tree}", "-p", "production", "-m", message)
        try fleet.ledgerGit("update-ref", "refs/heads/production", forged)
        try fleet.expect(0, "store", "verify")
        let run = try fleet.expect(1, verify)
        #expect(run.says("production: commit \(forged): there is no signature"), "\(run)")
        let json = try fleet.expect(1, verify + ["--output", "json"])
        #expect(try json.list("rows").map { $0["object"] as? String } == [forged])
        #expect(try json.json["exit"] as? Int == 1)
        // A pass by another key is found as well.
        fleet.file.ledgerKey = "../other"
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        let other = try fleet.expect(1, verify)
        #expect(other.says("does not name the key SHA256:"), "\(other)")
    }

    @Test("attack: a key that is gone, or that others may read, stops a pass before it begins")
    func noKey() throws {
        let (fleet, _) = try signedFleet()
        let key = fleet.folder.path + "/key"
        chmod(key, 0o640)
        try fleet.expectUntouched {
            let open = try fleet.expect(1, "reconcile")
            #expect(open.says("the ledger cannot be signed", "chmod go="), "\(open)")
            try FileManager.default.removeItem(atPath: key)
            let gone = try fleet.expect(1, "reconcile")
            #expect(gone.says("the ledger cannot be signed", "../key"), "\(gone)")
        }
    }

    @Test func whatIsAskedForMustMakeSense() throws {
        let (fleet, signers) = try signedFleet()
        let missing = try fleet.expect(64, "store", "verify", "--signed")
        #expect(missing.says("--allowed-signers"), "\(missing)")
        try fleet.expect(64, "store", "verify", "--allowed-signers", signers)
        try fleet.expect(64, "store", "verify", "--since", "abc")
        try fleet.expect(0, "reconcile")
        let verify = ["store", "verify", "--signed", "--allowed-signers"]
        let short = try fleet.expect(1, verify + [signers, "--since", "abc"])
        #expect(short.says("no whole name of a commit"), "\(short)")
        let bad = try fleet.folder.write("plumb@example.com\n", to: "bad")
        let run = try fleet.expect(1, verify + [bad])
        #expect(run.says("bad:1:", "there is no key"), "\(run)")
        chmod(signers, 0o666)
        let shared = try fleet.expect(1, verify + [signers])
        #expect(shared.says("others than its owner may change it", "chmod go-w"), "\(shared)")
    }
}
