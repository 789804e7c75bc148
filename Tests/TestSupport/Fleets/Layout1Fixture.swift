import Foundation

/// A ledger of layout 1 with its schema repository, as an earlier plumb made them: see
/// `Tests/Fixtures/layout1/make.sh` for the story.
package enum Layout1Fixture {
    /// The ids of the rollouts, in the order of the story; the last one was interrupted.
    package static let rollouts = [
        "0e9ed38d1d14", "44319ec51a04", "7e0a7c002167", "6297c72cf845",
    ]
    /// The digest of the step that was denied.
    package static let denied = "215e2011acd57e97d9b5885fdabef7953650a332ae6eba1c66add08ed836c0e0"

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/layout1").path

    /// Copies the ledger to `path`, with the mark of its layout.
    package static func copyLedger(to path: String) throws {
        try Shell.check("git", ["clone", "-q", "--bare", folder + "/ledger.bundle", path])
        try Shell.check("git", ["-C", path, "config", "plumb.ledgerversion", "1"])
    }

    /// A fleet as the interrupted run left it, with the ledger: all on a server of the tests.
    ///
    /// - Parameter ran: whether the statement that the run was killed under was carried out.
    package static func fleet(ran: Bool) throws -> FleetFixture {
        let fleet = try FleetFixture(shards: 4, schema: [:])
        try fleet.git("fetch", "-q", folder + "/repository.bundle", "main")
        try fleet.git("reset", "-q", "--hard", "FETCH_HEAD")
        fleet.file.policy = [
            "approvers: {minimum: 1, not_author: false}",
            "rollout: {concurrency: {total: 1, per_host: 1}}",
        ]
        try fleet.commit("Move to other servers")
        try copyLedger(to: fleet.ledger)
        for shard in 0..<4 {
            // As the server of the story made databases.
            try fleet.sql(shard, "ALTER DATABASE CHARACTER SET latin1")
            for name in ["orders", "extra", "wide", "items"] {
                let path = fleet.repository + "/schema/app/\(name).sql"
                try fleet.sql(shard, String(contentsOfFile: path, encoding: .utf8))
            }
            if shard > 1 || shard == 1 && !ran {
                try fleet.sql(shard, "ALTER TABLE items ADD COLUMN old int")
            }
        }
        return fleet
    }
}
