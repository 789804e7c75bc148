import Basics
import Foundation
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Servers that change or end while they are read")
struct UnsteadyServerTests {
    @Test("a server killed while it is read gives whole shards or unknown ones", arguments: 1...3)
    func killedMeanwhile(round: Int) throws {
        let server = try MariaDBServer.start()
        let fleet = try ObservedFleet(on: server)
        for _ in 0..<40 {
            try fleet.add(["a", "b", "c"].map { "CREATE TABLE \($0) (id INT PRIMARY KEY)" })
        }
        let killer = Thread { server.kill() }
        killer.start()
        let seen = fleet.observe()
        #expect(seen.count == 40)
        for observation in seen.values {
            switch observation {
            case .known(let shard): #expect(shard.schema.tables.count == 3)
            case .unknown(let problem): #expect(problem.retry == .retryable, "\(problem)")
            }
        }
        while !killer.isFinished { usleep(1000) }
    }

    @Test("a table that is listed but gone each time it is read")
    func changedWhileRead() throws {
        let fleet = try ObservedFleet()
        let shard = try fleet.add("CREATE TABLE a (id INT PRIMARY KEY)")
        let other = try fleet.add("CREATE TABLE a (id INT PRIMARY KEY)")
        // Listed like a table, and never there to be opened.
        let file = fleet.server.folder.path + "/data/\(shard.database)/gone.frm"
        try FileManager.default.createSymbolicLink(
            atPath: file, withDestinationPath: "/nonexistent")
        let seen = fleet.observe()
        let problem = try #require(seen[shard.id]?.problem)
        #expect(problem.code == "changed-while-read")
        #expect(problem.retry == .retryable)
        #expect(problem.reason.contains("`gone`"))
        #expect(seen[other.id]?.shard?.schema.tables.count == 1)
        try FileManager.default.removeItem(atPath: file)
        #expect(try fleet.known(shard).schema.tables.keys.sorted() == ["a"])
    }

    @Test("names of databases are compared as the server does")
    func foldedNames() throws {
        let server = try MariaDBServer.start(options: ["--lower-case-table-names=1"])
        let fleet = try ObservedFleet(on: server)
        try fleet.root.execute("CREATE DATABASE Shop CHARACTER SET latin2")
        try fleet.root.execute("CREATE TABLE Shop.Orders (id INT PRIMARY KEY)")
        try fleet.root.execute("CREATE FUNCTION Shop.f() RETURNS INT RETURN 1")
        try fleet.root.execute(
            "UPDATE mysql.innodb_table_stats SET last_update = '2020-01-01' "
                + "WHERE database_name = 'shop'")
        let shard = fleet.target("SHOP")
        let known = try fleet.known(shard)
        #expect(known.schema.tables.keys.sorted() == ["orders"])
        #expect(known.profile.characterSet == "latin2")
        #expect(known.otherObjects == [.function: 1])
        #expect(try fleet.known(shard, .unlessUnchanged).isRemembered)
        try fleet.root.execute("ALTER TABLE Shop.Orders ADD COLUMN n INT")
        #expect(try !fleet.known(shard, .unlessUnchanged).isRemembered)
    }
}
