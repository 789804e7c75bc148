import MySQLClient
import TestSupport
import Testing

/// A `reconcile` of four shards, one after the other, whose statement on the first one waits for
/// the table.
struct BlockedStatement {
    let fleet: FleetFixture
    let running: RunningPlumb
    /// Closing it lets the statement run.
    let reader: Connection

    init() throws {
        fleet = try FleetFixture(shards: 4)
        fleet.file.policy = ["rollout: {concurrency: {total: 1}}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        let database = fleet.database(0)
        reader = try fleet.server.connect(database: database)
        try reader.execute("LOCK TABLES orders READ")
        running = try fleet.start("reconcile")
        let watcher = try fleet.server.connect()
        try running.reaches("its statement, which waits for the table") {
            try watcher.query("SHOW PROCESSLIST").contains { row in
                row[3] == database && row[7]?.hasPrefix("ALTER TABLE") == true
            }
        }
    }
}
