import Foundation
import Testing

@testable import Observed
@testable import TestSupport

@Suite("Each node of a Galera cluster counts what it is sent by the others")
struct ClusterMarkTests {
    @Test("a change by way of one node moves the mark of another, and rows do not")
    func nodes() throws {
        let cluster = try TestCluster.shared
        let (one, two) = try (cluster.connect(to: 1), cluster.connect(to: 2))
        try one.execute("CREATE DATABASE counted")
        try one.execute("CREATE TABLE counted.t (id INT PRIMARY KEY)")
        func arrives(_ question: String) throws {
            try MarkServer.wait("answer to \(question)") { try !two.query(question).isEmpty }
        }
        try arrives("SHOW TABLES FROM counted")
        // Sessions that wait for what other nodes send are in nobody's way.
        var found: StatementMark?
        try MarkServer.wait("mark of a node") {
            found = try StatementMark.read(on: two, .mariadb)
            return found != nil
        }
        let mark = try #require(found)
        try one.execute("INSERT INTO counted.t VALUES (1)")
        try arrives("SELECT id FROM counted.t")
        #expect(try mark.isCurrent(on: two, .mariadb))
        try one.execute("ALTER TABLE counted.t ADD COLUMN a INT")
        try arrives("SHOW COLUMNS FROM counted.t LIKE 'a'")
        #expect(try !mark.isCurrent(on: two, .mariadb))
        #expect(try StatementMark.read(on: one, .mariadb)?.identity != mark.identity)
        try one.execute("DROP DATABASE counted")
    }
}
