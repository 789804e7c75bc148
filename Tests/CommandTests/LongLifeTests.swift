import Foundation
import TestSupport
import Testing

/// The daemon's long life: what a pass takes, it gives back.
@Suite struct LongLifeTests {
    /// Idle passes over a source that is fetched; under `make fuzz` many more.
    private static let passes = Rounds.seeds(300).count

    @Test("idle passes hold memory, descriptors and threads still")
    func idlePassesTakeNothing() throws {
        let fleet = try FleetFixture(shards: 1)
        let daemon = try fleet.start(
            "daemon", "--interval", "1h", "--exact-every", "7",
            "--source", "file://" + fleet.repository)
        let life = Life(daemon)
        // What is kept is kept from the first passes on.
        try life.pass(60)
        let before = try life.measure()
        try life.pass(Self.passes)
        let after = try life.measure()
        daemon.send(SIGTERM)
        #expect(try daemon.wait().status == 0)
        #expect(after.descriptors == before.descriptors)
        #expect(after.threads == before.threads)
        // The leak this holds was 174 kB a pass: 52 MB.
        #expect(after.kilobytes - before.kilobytes < 4_000, "\(before) → \(after)")
    }
}

/// A daemon that makes one pass after the other when it is told to.
private final class Life {
    struct Measures {
        let kilobytes: Int
        let descriptors: Int
        let threads: Int
    }

    private let daemon: RunningPlumb
    private var passes = 0

    init(_ daemon: RunningPlumb) {
        self.daemon = daemon
    }

    func pass(_ count: Int) throws {
        for _ in 0..<count {
            if passes > 0 { daemon.send(SIGHUP) }
            passes += 1
            #expect(try daemon.says("\"event\":\"waiting\"", times: passes))
        }
    }

    func measure() throws -> Measures {
        let folder = "/proc/\(daemon.process)"
        var values: [String: Int] = [:]
        for line in try String(contentsOfFile: folder + "/status", encoding: .utf8)
            .split(separator: "\n")
        {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count > 1 { values[String(words[0])] = Int(words[1]) }
        }
        return Measures(
            kilobytes: try #require(values["VmRSS:"]),
            descriptors: try FileManager.default.contentsOfDirectory(atPath: folder + "/fd").count,
            threads: try #require(values["Threads:"]))
    }
}
