import Foundation
import Testing
import TestSupport

/// The harness that every other test target builds on.
@Suite struct HarnessTests {
    @Test func aTemporaryFolderGoesWithItsLastReference() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder?.path)
        let file = try folder?.write("text", to: "deep/er/file")
        #expect(file == path + "/deep/er/file")
        #expect(try String(contentsOfFile: path + "/deep/er/file", encoding: .utf8) == "text")
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aProgramIsRunWithAllItWasGiven() throws {
        let folder = try TemporaryFolder()
        let output = try Shell.run(
            "sh", ["-c", "cat; echo \"$1 $NAME\"; pwd; echo bad >&2; exit 3", "sh", "a b"],
            environment: ["NAME": "value"], folder: folder.path, input: "input\n")
        #expect(output.status == 3)
        #expect(output.stdout == "input\na b value\n\(folder.path)\n")
        #expect(output.stderr == "bad\n")
        #expect(try Shell.run("sh", ["-c", "kill -9 $$"]).status == 128 + SIGKILL)
        #expect(throws: TestSupportError.self) { try Shell.check("false", []) }
        #expect(throws: TestSupportError.self) { try Shell.run("no-such-program", []) }
    }

    @Test func seededNumbersAreAlwaysTheSame() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
            ])
    }

    @Test func aServerKeepsItsDataOverAKillAndARestart() throws {
        let server = try MariaDBServer.start(listensOnTCP: true)
        let database = try server.freshDatabase()
        try server.connect(database: database).execute("CREATE TABLE t (a INT)")
        server.kill()
        #expect(throws: MySQLError.self) { try server.connect() }
        try server.restart()
        let tables = try server.connect(database: database).query("SHOW TABLES")
        #expect(tables.map { $0[0] } == ["t"])
        let tcp = try #require(server.tcpAddress)
        #expect(throws: Never.self) { try Connection(to: tcp, settings: server.settings) }
        server.stop()
        #expect(throws: MySQLError.self) { try server.connect() }
    }

    @Test func aServerThatCannotStartSaysWhy() {
        let error = #expect(throws: TestSupportError.self) {
            try MariaDBServer.start(options: ["--no-such-option"])
        }
        #expect(error?.description.contains("unknown option '--no-such-option'") == true)
    }

    @Test func aServerDoesNotOutliveItsTestProcess() async throws {
        let folder = try TemporaryFolder()
        let file: String = folder.path + "/notes"
        await #expect(processExitsWith: .signal(SIGKILL)) { [file = file as String] in
            ChildProcess.run {
                let server = try MariaDBServer.start()
                let pid = try String(contentsOfFile: server.folder.path + "/pid", encoding: .utf8)
                try
                    (pid.trimmingCharacters(in: .whitespacesAndNewlines) + "\n" + server.folder.path)
                    .write(toFile: file, atomically: true, encoding: .utf8)
                kill(getpid(), SIGKILL)
            }
        }
        let notes = try String(contentsOfFile: file, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let pid = try #require(notes.first.flatMap { pid_t($0) })
        let left = try #require(notes.last)
        let limit = Date().addingTimeInterval(30)
        while FileManager.default.fileExists(atPath: left), Date() < limit { usleep(10_000) }
        #expect(!FileManager.default.fileExists(atPath: left))
        // A process that ended has no command line, also while nobody has collected it.
        let command = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
        #expect(!command.contains("mariadbd"))
    }
}
