import Foundation
import TestSupport
import Testing

@Suite("attack: an approval is what was signed, for a time, once")
struct ApprovalProofTests {
    /// A converged fleet whose next step drops a column, by Ada.
    private func waitingFleet(minimum: Int = 1) throws -> (fleet: FleetFixture, digest: String) {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        fleet.file.policy = ["approvers: {minimum: \(minimum), not_author: true}"]
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        return (fleet, try StoryTests.waiting(fleet))
    }

    private func again(_ fleet: FleetFixture) throws {
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
    }

    private func file(_ digest: String, by name: String, given: Date = Date()) -> String {
        "digest: \(digest)\napprover: \(name)\nreason: r\ngiven: \(given.formatted(.iso8601))\n"
    }

    /// A new key, allowed as `name`; the path of its private half.
    private func key(_ name: String, _ fleet: FleetFixture) throws -> String {
        try SSHKeys.make("\(fleet.folder.path)/\(name)-key")
    }

    /// An operator's file that asks for signatures of these people.
    private func demandSignatures(
        _ fleet: FleetFixture, _ keys: [(name: String, key: String)], lifetime: String = "30d",
        authors: String = "named"
    ) throws {
        var lines: [String] = []
        for (name, key) in keys {
            lines.append("\(name) \(try SSHKeys.publicLine(key))")
        }
        let signers = try fleet.folder.write(lines.map { $0 + "\n" }.joined(), to: "allowed")
        let path = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.file.shards[0].host)"]
            environments: {production: [{connection: {user: root}}]}
            approvals: {identity: signed, allowed_signers: \(signers), authors: \(authors)}
            limits: {approval: \(lifetime)}
            """, to: "operator.yaml")
        for file in [signers, path] { chmod(file, 0o600) }
        fleet.setEnvironment("PLUMB_OPERATOR", path)
    }

    @Test("a used-up approval file never counts again, nor beside a fresh word, nor committed anew")
    func fileIsUsedUp() throws {
        let (fleet, digest) = try waitingFleet()
        let path = "approvals/\(digest).yaml"
        let text = file(digest, by: "eve@example.com")
        try fleet.write(path, text)
        try fleet.commit("Approve", author: "eve@example.com")
        try fleet.expect(0, "reconcile")
        try again(fleet)
        try fleet.expect(3, "reconcile")
        fleet.file.policy = ["approvers: {minimum: 2, not_author: true}"]
        try fleet.commit("Two", author: "root@example.com")
        try fleet.expect(0, "approve", digest, "--reason", "r", by: "bob@example.com")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("1 of 2 approvals given"), "\(asked)")
        try fleet.remove(path)
        try fleet.commit("Take it away", author: "kim@example.com")
        try fleet.write(path, text)
        try fleet.commit("And bring it again", author: "kim@example.com")
        try fleet.expect(3, "reconcile")
        // Given later, by a commit of its own, it is a new word.
        try fleet.write(path, file(digest, by: "eve@example.com", given: Date() + 2))
        try fleet.commit("Approve again", author: "eve@example.com")
        try fleet.expect(0, "reconcile")
        let audit = try fleet.expect(0, "verify-approvals")
        #expect(audit.says("used up by", "declared in commit", "all verify"), "\(audit)")
    }

    @Test("a history that is cut off does not say that somebody else brought the file")
    func cutOffHistory() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.write("approvals/\(digest).yaml", file(digest, by: "eve@example.com"))
        try fleet.commit("Approve", author: "eve@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "verify-approvals")
        let cut = fleet.folder.path + "/cut"
        try fleet.git("clone", "-q", "--depth", "1", "file://\(fleet.repository)", cut)
        let audit = try Shell.run(
            PlumbProgram.path, ["verify-approvals"], environment: fleet.environment(nil),
            folder: cut)
        #expect(audit.status != 0)
        #expect(audit.stdout.contains("nobody can say whether commit"), "\(audit)")
    }

    @Test("a use of which no word is left does not verify")
    func recordIsGone() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expect(0, "approve", digest, "--reason", "r", by: "eve@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.expect(0, "verify-approvals")
        let ledger = ["git", "--git-dir", fleet.ledger, "--work-tree", fleet.folder.path]
        let index = ["env", "GIT_INDEX_FILE=\(fleet.folder.path)/index"]
        func git(_ words: [String]) throws -> String {
            let all = index + ledger + words
            return try Shell.check(all[0], Array(all.dropFirst()))
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let branch = try git(["for-each-ref", "--format=%(refname)", "refs/heads"])
        let digits = digest.prefix(2).map { String($0) }.joined(separator: "/")
        let folder = "approvals/\(digits)/\(digest)"
        let path = "\(folder)/decision"
        let record = try git(["rev-parse", "\(branch):\(path)"])
        let binding = try git(["rev-parse", "\(branch):\(folder)/binding"])
        // Its digits are those of the folder that it lies in.
        let digit = digest.dropFirst(2).first == "0" ? "1" : "0"
        let other = "approvals/\(digits)/\(digest.prefix(2))\(digit)\(digest.dropFirst(3))"
        for (change, words) in [
            (["update-index", "--force-remove", path], "that it used is gone"),
            (
                [
                    "update-index", "--add", "--cacheinfo",
                    "100644,\(record),\(other)/decision", "--cacheinfo",
                    "100644,\(binding),\(other)/binding",
                ],
                "the record of another step"
            ),
        ] {
            _ = try git(["read-tree", branch])
            _ = try git(change)
            let tree = try git(["write-tree"])
            let commit = try git([
                "-c", "user.name=M", "-c", "user.email=m@example.com", "commit-tree", tree, "-p",
                branch, "-m", "Tamper",
            ])
            let before = try git(["rev-parse", branch])
            _ = try git(["update-ref", branch, commit])
            let audit = try fleet.run("verify-approvals")
            #expect(audit.status == 1 && audit.says("DOES NOT VERIFY", words), "\(audit)")
            _ = try git(["update-ref", branch, before])
        }
    }

    @Test("a file that was taken away approves nothing any more")
    func fileIsGone() throws {
        let (fleet, digest) = try waitingFleet(minimum: 2)
        let path = "approvals/\(digest).yaml"
        try fleet.write(path, file(digest, by: "eve@example.com"))
        try fleet.commit("Approve", author: "eve@example.com")
        try fleet.expect(3, "reconcile")
        try fleet.remove(path)
        try fleet.commit("Think better of it", author: "eve@example.com")
        try fleet.expect(0, "approve", digest, "--reason", "r", by: "bob@example.com")
        try fleet.expect(3, "reconcile")
    }

    @Test("a merge that brings a withdrawn file back does not speak for whoever withdrew it")
    func fileIsBroughtBack() throws {
        let (fleet, digest) = try waitingFleet()
        let path = "approvals/\(digest).yaml"
        try fleet.write(path, file(digest, by: "eve@example.com"))
        try fleet.commit("Approve", author: "eve@example.com")
        try fleet.git("branch", "side")
        try fleet.remove(path)
        try fleet.commit("Think better of it", author: "eve@example.com")
        try fleet.git("checkout", "-q", "side")
        let ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        try Shell.check(
            "git", ada + ["merge", "-q", "-s", "ours", "-m", "Take main in", "main"],
            environment: fleet.environment(nil), folder: fleet.repository)
        try fleet.git("checkout", "-q", "main")
        try fleet.git(
            "-c", "user.name=Kim", "-c", "user.email=kim@example.com", "merge", "-q", "--no-ff",
            "-m", "Merge", "side")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("by the author of the change"), "\(asked)")
    }

    @Test("nothing may be asked to hold for longer than the operator allows")
    func lifetime() throws {
        let (fleet, digest) = try waitingFleet()
        let long = try fleet.expect(
            64, "approve", digest, "--reason", "r", "--expires", "31d", by: "eve@example.com")
        #expect(long.says("720 hours"), "\(long)")
        try fleet.write(
            "approvals/\(digest).yaml",
            file(digest, by: "eve@example.com", given: Date() - 31 * 86_400)
                + "expires: 2099-01-01T00:00:00Z\n")
        try fleet.commit("Approve for ever", author: "eve@example.com")
        let asked = try fleet.expect(3, "reconcile")
        #expect(asked.says("expired"), "\(asked)")
    }

    @Test("attack: a reason writes no line of its own into the list of approvals")
    func reasonWithLines() throws {
        let (fleet, digest) = try waitingFleet()
        let forged = "proof: signed by root@example.com (SHA256:x)"
        let reason = "ok\n  \(forged)\r\n\n2026-01-01T00:00:00Z  approved 1111111  app.orders  s0"
        try fleet.expect(0, "approve", digest, "--reason", reason, by: "eve@example.com")
        let text = try fleet.expect(0, "verify-approvals").stdout
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        #expect(!lines.contains { $0.hasPrefix(forged) || $0.hasPrefix("2026-01-01") }, "\(text)")
        #expect(lines.filter { $0.contains("  approved ") }.count == 2, "\(text)")
        let document = try fleet.expect(0, "verify-approvals", "--output", "markdown").stdout
        #expect(document.hasPrefix("```text\n") && document.contains("1 decision"), "\(document)")
    }

    @Test("short beginnings of a digest name nothing")
    func prefixes() throws {
        let (fleet, digest) = try waitingFleet()
        let short = try fleet.expect(
            1, "approve", String(digest.prefix(15)), "--reason", "r", by: "eve@example.com")
        #expect(short.says("too short"), "\(short)")
        try fleet.expect(
            0, "approve", String(digest.prefix(16)), "--reason", "r", by: "eve@example.com")
    }

    @Test("a plan says that identities are not checked, and one that checks them does not")
    func declared() throws {
        let (fleet, digest) = try waitingFleet()
        #expect(try fleet.run("plan").says("identities are not checked"))
        let eve = try key("eve", fleet)
        try demandSignatures(fleet, [("eve@example.com", eve)])
        #expect(try !fleet.run("plan").says("identities are not checked"))
        let shown = try fleet.run("plan")
        #expect(shown.says("--reason \"…\" --sign KEY"), "\(shown)")
        // Whoever claims to be Eve has to show it.
        let claimed = try fleet.expect(
            5, "approve", digest, "--reason", "r", by: "eve@example.com")
        #expect(claimed.says("approve --sign"), "\(claimed)")
    }

    @Test("signed: the key says who it was, whatever name is typed")
    func signed() throws {
        let (fleet, digest) = try waitingFleet()
        let ada = try key("ada", fleet)
        let eve = try key("eve", fleet)
        let stranger = try key("stranger", fleet)
        try demandSignatures(fleet, [("ada@example.com", ada), ("eve@example.com", eve)])
        let own = try fleet.expect(
            5, "approve", digest, "--reason", "r", "--sign", ada, by: "eve@example.com")
        #expect(own.says("ada@example.com is the author"), "\(own)")
        let unknown = try fleet.expect(
            5, "approve", digest, "--reason", "r", "--sign", stranger, by: "eve@example.com")
        #expect(unknown.says("does not name the key"), "\(unknown)")
        let done = try fleet.expect(
            0, "approve", digest, "--reason", "r", "--sign", eve, by: "anybody")
        #expect(done.says("signed by eve@example.com"), "\(done)")
        try fleet.expect(0, "reconcile")
        let audit = try fleet.expect(0, "verify-approvals")
        #expect(audit.says("signed by eve@example.com (SHA256:", "used up by"), "\(audit)")
        // The step comes again: the signed word is used up as every other.
        try again(fleet)
        try fleet.expect(3, "reconcile")
    }

    @Test("signed: one key is one person, and a key that is taken out counts no more")
    func keyTakenOut() throws {
        let (fleet, digest) = try waitingFleet(minimum: 2)
        let eve = try key("eve", fleet)
        let bob = try key("bob", fleet)
        try demandSignatures(fleet, [("eve@example.com", eve), ("bob@example.com", bob)])
        for name in ["a@example.com", "b@example.com"] {
            try fleet.expect(0, "approve", digest, "--reason", "r", "--sign", eve, by: name)
        }
        try fleet.expect(3, "reconcile")
        try fleet.expect(0, "approve", digest, "--reason", "r", "--sign", bob, by: "c")
        try demandSignatures(fleet, [("eve@example.com", eve)])
        let gone = try fleet.expect(3, "reconcile")
        #expect(gone.says("does not name the key"), "\(gone)")
        let audit = try fleet.expect(1, "verify-approvals")
        #expect(audit.says("DOES NOT VERIFY", "1 do not verify"), "\(audit)")
        try demandSignatures(fleet, [("eve@example.com", eve), ("bob@example.com", bob)])
        try fleet.expect(0, "reconcile")
    }

    @Test("signed: a file is its committer's who signed, whoever it names")
    func signedCommit() throws {
        let (fleet, digest) = try waitingFleet()
        let ada = try key("ada", fleet)
        let eve = try key("eve", fleet)
        try demandSignatures(fleet, [("ada@example.com", ada), ("eve@example.com", eve)])
        let path = "approvals/\(digest).yaml"
        try fleet.write(path, file(digest, by: "eve@example.com"))
        try fleet.commit("Approve", author: "eve@example.com")
        let unsigned = try fleet.expect(3, "reconcile")
        #expect(unsigned.says("there is no signature"), "\(unsigned)")
        func sign(_ key: String) throws {
            try fleet.git(
                "-c", "user.name=Eve", "-c", "user.email=eve@example.com", "-c",
                "gpg.format=ssh", "-c", "user.signingkey=\(key)", "commit", "-q", "--amend", "-S",
                "--reset-author", "-m", "Approve, signed")
        }
        try sign(ada)
        let own = try fleet.expect(3, "reconcile")
        #expect(own.says("by the author of the change, ada@example.com"), "\(own)")
        try sign(eve)
        try fleet.expect(0, "reconcile")
        let audit = try fleet.run("verify-approvals", "--output", "json")
        let proofs = try audit.list("rows").compactMap { $0["proof"] as? String }
        #expect(proofs.contains { $0.contains("signed by eve@example.com (SHA256:") }, "\(audit)")
    }

    @Test("signed authors: a change in a made-up name is nobody's, and waits")
    func unsignedChange() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        try fleet.commit("Drop", author: "zed@nowhere.net")
        let ada = try key("ada", fleet)
        let eve = try key("eve", fleet)
        let keys = [("ada@example.com", ada), ("eve@example.com", eve)]
        try demandSignatures(fleet, keys, authors: "signed")
        let digest = try StoryTests.waiting(fleet)
        for key in [ada, eve] {
            let refused = try fleet.expect(
                5, "approve", digest, "--reason", "r", "--sign", key, by: "x")
            #expect(refused.says("has no valid signature"), "\(refused)")
        }
        // Signed by Ada it is hers, whatever name it bears.
        try fleet.git(
            "-c", "user.name=Zed", "-c", "user.email=zed@nowhere.net", "-c", "gpg.format=ssh",
            "-c", "user.signingkey=\(ada)", "commit", "-q", "--amend", "-S", "-m", "Drop, signed")
        let again = try StoryTests.waiting(fleet)
        try fleet.expect(5, "approve", again, "--reason", "r", "--sign", ada, by: "x")
        try fleet.expect(0, "approve", again, "--reason", "r", "--sign", eve, by: "x")
        try fleet.expect(0, "reconcile")
    }

    @Test("signed: a commit in another's name is its signer's too")
    func signedChange() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        fleet.file.policy = ["approvers: {minimum: 1, not_author: true}"]
        try fleet.commit("Policy", author: "root@example.com")
        try fleet.expect(0, "reconcile")
        let ada = try key("ada", fleet)
        try demandSignatures(fleet, [("ada@example.com", ada)])
        try fleet.write("schema/app/orders.sql", FleetFixture.orders)
        try fleet.git("add", "-A")
        try fleet.git(
            "-c", "user.name=Bob", "-c", "user.email=bob@example.com", "-c", "gpg.format=ssh",
            "-c", "user.signingkey=\(ada)", "commit", "-q", "-S", "-m", "Drop")
        let digest = try StoryTests.waiting(fleet)
        let own = try fleet.expect(
            5, "approve", digest, "--reason", "r", "--sign", ada, by: "eve@example.com")
        #expect(own.says("ada@example.com is the author"), "\(own)")
    }

    @Test("a range of time shows what was given or used in it")
    func range() throws {
        let (fleet, digest) = try waitingFleet()
        try fleet.expect(0, "approve", digest, "--reason", "r", by: "eve@example.com")
        #expect(try fleet.expect(0, "verify-approvals").says("1 decision, all verify"))
        let before = try fleet.expect(0, "verify-approvals", "--until", "2020-01-01")
        #expect(before.says("0 decisions"), "\(before)")
        let wrong = try fleet.expect(64, "verify-approvals", "--since", "yesterday")
        #expect(wrong.says("no such time"), "\(wrong)")
    }
}
