import Foundation
import TestSupport

/// Puts documents into a ledger's tree, as damage or a newer plumb would leave them.
struct LedgerDamage {
    private let fleet: FleetFixture

    init(_ fleet: FleetFixture) { self.fleet = fleet }

    func put(_ path: String, _ text: String, in environment: String = "production") throws {
        let blob = try fleet.ledgerGit("hash-object", "-w", "--stdin", input: text)
        try fleet.ledgerGit("read-tree", environment)
        try fleet.ledgerGit("update-index", "--add", "--cacheinfo", "100644,\(blob),\(path)")
        let tree = try fleet.ledgerGit("write-tree")
        let commit = try fleet.ledgerGit(
            "commit-tree", tree, "-p", environment, "-m", "Damage\n\nPlumb-Event: test")
        try fleet.ledgerGit("update-ref", "refs/heads/\(environment)", commit)
        try FileManager.default.removeItem(atPath: fleet.ledger + "/index")
    }
}
