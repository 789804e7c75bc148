import Foundation
import TestSupport
import Testing

@Suite("attack: an OpenPGP signature counts for the people of the operator's keys alone")
struct OpenPGPApprovalTests {
    @Test("A file that a signed commit brings approves, and a stranger's does not")
    func file() throws {
        let fleet = try FleetFixture(schema: ["orders.sql": StoryTests.withStatus])
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", FleetFixture.orders)
        let digest = try StoryTests.waiting(fleet)
        let ring = try GPGKeyring()
        let eve = try ring.key("eve@example.com")
        try rule(fleet, ring, "eve@example.com \(eve)")
        let mallory = try ring.key("mallory@example.com")
        try fleet.write(
            "approvals/\(digest).yaml",
            "digest: \(digest)\napprover: eve@example.com\nreason: r\n"
                + "given: \(Date().formatted(.iso8601))\n")
        try fleet.commit("Approve", author: "eve@example.com")
        for key in [mallory, eve] {
            try Shell.check(
                "env",
                [
                    "GNUPGHOME=\(ring.home)", "git", "-C", fleet.repository, "-c",
                    "user.name=Eve", "-c", "user.email=eve@example.com", "-c",
                    "gpg.format=openpgp", "-c", "user.signingkey=\(key)", "commit", "-q",
                    "--amend", "-S", "--reset-author", "-m", "Approve, signed",
                ])
            let run = try fleet.expect(key == eve ? 0 : 3, "reconcile")
            if key == mallory { #expect(run.says("waits for approval"), "\(run)") }
        }
        // What never counted is named as what it is.
        let audit = try fleet.expect(1, "verify-approvals")
        #expect(
            audit.says(
                "signed by eve@example.com", "used up by",
                "DOES NOT VERIFY: the commit does not prove it: the OpenPGP key is not among"),
            "\(audit)")
    }

    /// An operator's file that takes the keys of `ring` for those that `signers` names.
    private func rule(_ fleet: FleetFixture, _ ring: GPGKeyring, _ signers: String) throws {
        let allowed = try fleet.folder.write("", to: "allowed")
        let names = try fleet.folder.write(signers + "\n", to: "openpgp")
        let keys = try fleet.folder.write(try ring.exported(), to: "keys.asc")
        let path = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.file.shards[0].host)"]
            environments: {production: [{connection: {user: root}}]}
            approvals:
              identity: signed
              allowed_signers: \(allowed)
              openpgp: {signers: \(names), keys: \(keys)}
            """, to: "operator.yaml")
        for file in [allowed, names, keys, path] { chmod(file, 0o600) }
        fleet.setEnvironment("PLUMB_OPERATOR", path)
    }
}
