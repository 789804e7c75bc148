import Foundation
import TestSupport
import Testing

@Suite("scripts/apply-folder.sh makes a database equal to a folder")
struct AdapterTests {
    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("scripts/apply-folder.sh").path

    private func run(_ verb: String, _ folder: String, _ database: String) throws -> Int32 {
        guard case .socket(let socket) = try MariaDBServer.shared.address else {
            throw TestSupportError("the server has no socket")
        }
        // The tests may run in a pipeline themselves; what they run does not.
        var environment = ["PLUMB": PlumbProgram.path]
        for name in FleetFixture.pipelineVariables { environment[name] = "" }
        return try Shell.run(
            "bash", [Self.script, verb, folder, socket, "root", database],
            environment: environment
        ).status
    }

    @Test("what loses data is approved by it, and an empty folder takes all away")
    func destructive() throws {
        let server = try MariaDBServer.shared
        let database = try server.freshDatabase()
        let connection = try server.connect(database: database)
        try connection.execute("CREATE TABLE t (id int PRIMARY KEY, gone int)")
        let folder = try TemporaryFolder()
        let file = try folder.write("CREATE TABLE t (id int PRIMARY KEY);\n", to: "t.sql")
        #expect(try run("apply", folder.path, database) == 0)
        #expect(try connection.query("SHOW COLUMNS FROM t").map { $0[0] } == ["id"])
        #expect(try run("plan", folder.path, database) == 0)
        try FileManager.default.removeItem(atPath: file)
        #expect(try run("apply", folder.path, database) == 0)
        #expect(try connection.query("SHOW TABLES").isEmpty)
    }
}
