import Foundation
import TestSupport
import Testing

@Suite("What a daemon answers is rendered once, is never old, and is for those who may ask")
struct DaemonAnswersTests {
    private func inSync(_ shards: Int) throws -> DaemonOverHTTP {
        let daemon = try DaemonOverHTTP(try FleetFixture(shards: shards))
        try daemon.waits(for: "shards in sync", at: "/fleet") {
            $0.text.components(separatedBy: #""inSync""#).count > shards
        }
        return daemon
    }

    @Test func whatWasDoneIsSeenByWhoAsksNext() throws {
        let daemon = try inSync(1)
        #expect(try !daemon.ask("/suspensions").text.contains("a look"))
        for round in 0..<3 {
            let body = #"{"target": "app/s0", "reason": "a look \#(round)"}"#
            #expect(try daemon.ask("/suspend", body, may: "operate").status == 200)
            #expect(try daemon.ask("/suspensions").text.contains("a look \(round)"))
            #expect(
                try daemon.ask(
                    "/resume", #"{"target": "app/s0", "reason": "seen"}"#, may: "operate"
                ).status == 200)
            #expect(try !daemon.ask("/suspensions").text.contains("a look \(round)"))
        }
    }

    @Test("attack: an answer that is kept is not for who has no token any more")
    func keptAnswersAreNotForStrangers() throws {
        let daemon = try inSync(1)
        let path = "/status"
        #expect(try daemon.ask(path, may: "read").status == 200)
        #expect(try daemon.ask(path, may: "nobody").status == 401)
        try DaemonOverHTTP.write(
            DaemonOverHTTP.secrets.filter { $0.key != "read" }, for: daemon.fleet)
        try daemon.program.reaches("the revocation") {
            // Asked for by somebody else all the while, so that it is kept.
            _ = try daemon.ask(path, may: "operate")
            return try daemon.ask(path, may: "read").status == 401
        }
        #expect(try daemon.ask(path, may: "operate").status == 200)
    }
}
