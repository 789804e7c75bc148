import Foundation
import TestSupport
import Testing

@Suite("What a daemon logs") struct LogLevelTests {
    @Test func onlyWhatMattersEnoughIsLogged() throws {
        let fleet = try FleetFixture(shards: 1)
        try fleet.change("orders.sql", "no sql")
        let daemon = try fleet.start("daemon", "--interval", "1s", "--log-level", "error")
        try daemon.says(#""event":"pass-failed""#, times: 2)
        daemon.send(SIGTERM)
        let run = try daemon.wait()
        #expect(run.status == 0)
        for line in run.stderr.split(separator: "\n") {
            #expect(line.contains(#""level":"error""#), "\(line)")
        }
    }

    @Test func eachQuestionIsLoggedOnceWhereSomebodyLooksForAFault() throws {
        let daemon = try DaemonOverHTTP(
            try FleetFixture(shards: 1), more: ["--log-level", "debug"])
        let reply = try daemon.ask("//metrics", may: "read")
        let id = try #require(reply.headers.firstMatch(of: /Plumb-Request: ([0-9a-f]{16})/)?.1)
        try daemon.program.says(#""id":"\#(id)""#)
        let lines = daemon.program.stderr.split(separator: "\n").filter { $0.contains(id) }
        #expect(lines.count == 1 && lines[0].contains(#""level":"debug""#), "\(lines)")
        #expect(lines[0].contains(#""by":"read@example.com""#))
    }

    @Test func aLevelThatIsNoneIsRefused() throws {
        let fleet = try FleetFixture(shards: 1)
        for command in [["daemon"], ["daemon", "--interval", "1s"]] {
            let run = try fleet.run(command + ["--log-level", "loud"])
            #expect(run.status == 64 && run.says("--log-level loud: no such level"), "\(run)")
        }
    }

    @Test("a log that cannot be written, as on a full disk, stops no pass")
    func aFullDiskStopsNoPass() throws {
        let fleet = try FleetFixture(shards: 1)
        let process = try Shell.spawn(
            PlumbProgram.path, ["daemon", "--interval", "1s"],
            environment: fleet.environment(nil), folder: fleet.repository,
            descriptors: [
                (0, "/dev/null", O_RDONLY), (1, "/dev/null", O_WRONLY), (2, "/dev/full", O_WRONLY),
            ])
        defer {
            kill(process, SIGTERM)
            Shell.wait(for: process)
        }
        let limit = Date(timeIntervalSinceNow: 60)
        while try fleet.table("orders") == nil, Date() < limit {}
        #expect(try fleet.table("orders") != nil)
        #expect(Shell.ended(process) == nil)
    }
}
