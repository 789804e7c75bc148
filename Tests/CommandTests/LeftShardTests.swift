import Foundation
import TestSupport
import Testing

/// A shard that is not where a statement began on it: nobody knows whether the statement runs.
@Suite("A shard that left halfway is set aside until somebody has looked, or it is back")
struct LeftShardTests {
    /// How the shard is not where it was any more.
    enum Way: CaseIterable {
        case left, renamed, moved, namespaceLeft
    }

    /// Three shards, of which one was being changed when the run died.
    private struct Halfway {
        let fleet: FleetFixture
        /// The number of the shard.
        let shard: Int
        var name: String { "app/s\(shard)" }

        init(killedAt fault: String = "beforeOutcome") throws {
            fleet = try FleetFixture(shards: 3)
            try fleet.expect(0, "reconcile")
            fleet.file.policy = ["rollout:", "  concurrency: {total: 1}"]
            try fleet.commit()
            try fleet.change("notes.sql", "CREATE TABLE notes (id int PRIMARY KEY);")
            fleet.setEnvironment("PLUMB_FAULT", "\(fault):kill")
            let killed = try fleet.start("reconcile").wait()
            fleet.setEnvironment("PLUMB_FAULT", "")
            #expect(killed.status == 128 + SIGKILL)
            let names = try fleet.ledgerGit("ls-tree", "--name-only", "production", "pending/")
            shard = try #require((0..<3).first { names.contains("app%2Fs\($0)%2F") })
        }

        func pending() throws -> String {
            try fleet.ledgerGit("ls-tree", "--name-only", "production", "pending/")
        }

        /// Which of the databases that the fleet began with have the new table.
        func made() throws -> [Bool] {
            try (0..<3).map { try fleet.table("notes", on: $0) != nil }
        }

        /// Commits a fleet file in which the shard is elsewhere or nowhere.
        func change(_ way: Way) throws {
            let own = fleet.file.shards[shard]
            var file = fleet.file
            switch way {
            case .left: file.shards.remove(at: shard)
            case .renamed: file.shards[shard].name = "renamed"
            case .moved:
                // A copy from before the change.
                let orders = try #require(try fleet.table("orders", on: shard))
                file.shards[shard].database = try fleet.server.freshDatabase()
                try fleet.server.connect(database: file.shards[shard].database).execute(orders)
            case .namespaceLeft:
                let database = try fleet.server.freshDatabase()
                file.whole = file.text.replacingOccurrences(of: "[app]", with: "[other]")
                    .replacingOccurrences(
                        of: "environments:",
                        with: """
                              other:
                                schema: schema/app
                                shards:
                                  - {name: o, host: "\(own.host)", database: "\(database)"}
                            environments:
                            """)
            }
            try fleet.write("plumb.yaml", file.text)
            try fleet.commitFiles("Move \(name)")
        }
    }

    @Test(arguments: Way.allCases)
    func nothingIsConcludedAboutIt(_ way: Way) throws {
        let halfway = try Halfway()
        let fleet = halfway.fleet
        try halfway.change(way)
        // All or nothing, where somebody wants that.
        let before = try fleet.state()
        let all = try fleet.expect(6, "reconcile", "--require-all")
        #expect(all.says("all shards are required"), "\(all)")
        #expect(try fleet.state() == before)
        #expect(try fleet.expect(6, "plan").says("set-aside", halfway.name))
        // The others go on, and it stays.
        let run = try fleet.expect(6, "reconcile")
        #expect(run.says("plumb unlock \(halfway.name)", "is not known"), "\(run)")
        if way != .namespaceLeft { #expect(try halfway.made() == [true, true, true]) }
        #expect(try halfway.pending().contains("s\(halfway.shard)%2Fnotes"))
        #expect(try fleet.eventCount("shard-set-aside") == 1)
        try fleet.expect(6, "reconcile")
        #expect(try fleet.eventCount("shard-set-aside") == 1)
        #expect(try fleet.run("status").says("\(halfway.name) is set aside", "it began at"))
        let lines = try fleet.run("status", "--shards", "--output", "json").json
        let held = (lines["setAside"] as? [[String: Any]])?.map { $0["shard"] as? String }
        #expect(held == ["s\(halfway.shard)"])
        // Somebody looked.
        try fleet.expect(0, "unlock", halfway.name, "--reason", "it was done")
        #expect(try halfway.pending().isEmpty)
        #expect(try fleet.eventCount("shard-unlocked") == 1)
        _ = try fleet.run("reconcile")
        try fleet.expect(0, "reconcile", "--require-all")
        #expect(!(try fleet.run("status").says("set aside")))
        try fleet.expect(0, "store", "verify")
    }

    @Test(arguments: [Way.left, .moved])
    func backInItsPlaceItIsSettledByReading(_ way: Way) throws {
        let halfway = try Halfway()
        let fleet = halfway.fleet
        try halfway.change(way)
        try fleet.expect(6, "reconcile")
        // Nobody looked: it is no more than what a run left.
        try fleet.commit("Back")
        let run = try fleet.run("reconcile")
        #expect(run.says("recovered \(halfway.name)/notes: completed"), "\(run)")
        try fleet.expect(0, "reconcile", "--require-all")
        #expect(try halfway.made() == [true, true, true])
        #expect(try fleet.eventCount("operation-completed") == 6)
        #expect(try fleet.expect(78, "unlock", halfway.name, "--reason", "x").says("not set aside"))
    }

    /// Where shards are discovered, the ledger alone has to say it.
    @Test func aDiscoveredShardThatIsNoLongerFound() throws {
        let halfway = try Halfway()
        let fleet = halfway.fleet
        let own = fleet.file.shards[halfway.shard]
        let name = "app/\(own.database)"
        // As a pass that found it by its database's name would have left it.
        let others = fleet.file.shards.enumerated().filter { $0.offset != halfway.shard }
        fleet.file.shardLines = [
            "- discover: {host: \"\(own.host)\", like: \"\(others[0].element.database)\"}"
        ]
        try fleet.commit("Discover")
        try fleet.expect(6, "reconcile")
        let status = try fleet.run("status")
        #expect(status.says("\(halfway.name) is set aside", "left the fleet"), "\(status)")
        #expect(!status.says("\(name) is set aside"))
        try fleet.expect(0, "unlock", halfway.name, "--reason", "looked at it")
        #expect(!(try fleet.run("status").says("set aside")))
    }

    /// A run that goes on may be at it.
    @Test func nobodyUnlocksWhatAHealthyRunIsAt() throws {
        let blocked = try BlockedStatement()
        let fleet = blocked.fleet
        var file = fleet.file
        file.shards.removeFirst()
        try fleet.write("plumb.yaml", file.text)
        try fleet.commitFiles("Remove it")
        let refused = try fleet.expect(
            3, "unlock", "app/s0", "--reason", "it is gone")
        #expect(refused.says("is being reconciled by"), "\(refused)")
        #expect(try fleet.ledgerGit("ls-tree", "production", "pending/").contains("%2Forders"))
        blocked.reader.close()
        _ = try blocked.running.wait()
        // What it came to is recorded.
        #expect(try fleet.eventCount("operation-completed") >= 1)
    }
}
