import Basics
import Model
import Reports
import Testing

@testable import Views

@Suite("Lines of a log") struct EventJSONTests {
    private let time = Timestamp(secondsSince1970: 1_800_000_000)

    @Test func aLineSaysHowMuchItMatters() {
        #expect(
            EventJSON.line(.started(intervalSeconds: 60), of: nil, at: time)
                == #"{"event":"started","interval":"60s","level":"info","ts":"2027-01-15T08:00:00Z"}"#
        )
        #expect(
            EventJSON.line("tokens", .error, ["message": "gone"], of: "a", at: time)
                == #"{"environment":"a","event":"tokens","level":"error","message":"gone","#
                + #""ts":"2027-01-15T08:00:00Z"}"#)
    }

    @Test func whatSomebodyHasToLookAtIsNoInformation() {
        let key = Sample.key(8)
        let failed = OperationOutcome(kind: .failed, message: "no", attempts: 1)
        let done = OperationOutcome(kind: .completed(ran: true), attempts: 0)
        let table: [(ReconcileEvent, LogLevel)] = [
            (.started(intervalSeconds: 1), .info), (.pausing(seconds: 1), .info),
            (.ended, .info), (.standingBy(message: "a"), .info),
            (.failed(number: 1, message: "a", status: .error), .error),
            (.standingStill(loops: ["a"]), .error), (.gone(message: "a"), .warning),
            (.assistanceFailed(server: nil, message: "a"), .warning),
            (.rollout(.settled(key, failed)), .warning), (.rollout(.settled(key, done)), .info),
            (.rollout(.waiting(key.shardID, message: "a", seconds: 1)), .warning),
        ]
        for (event, level) in table { #expect(LogLevel(event) == level, "\(event)") }
    }

    @Test func levelsAreInTheirOrder() {
        let levels: [LogLevel] = [.debug, .info, .warning, .error]
        #expect(levels.reversed().sorted() == levels)
    }

    @Test("attack: a password in a message of a server is not logged")
    func secretsAreBlankedOut() {
        let line = EventJSON.line(
            .failed(
                number: 1, message: "near IDENTIFIED BY 'pass4711' at mysql://root:pass4711@db/",
                status: .error), of: "a", at: time)
        #expect(!line.contains("4711"), "\(line)")
        #expect(line.contains("IDENTIFIED BY"))
        // In a path, which a client chooses, nothing is looked for.
        let path = "/a:b@c"
        #expect(EventJSON.line("request", .debug, ["path": path], at: time).contains(path))
    }
}
