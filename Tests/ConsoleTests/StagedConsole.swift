import Diff
import Execution
import Foundation
import HTTP
import Model
import Reports
import Schema
import TestSupport
import Views

@testable import Console

/// The page of the console on a server of its own, whose API answers what a test says.
final class StagedConsole: Sendable {
    let events = EventHub()
    private let answers: Lock<[String: String]>
    private let asked = Lock<[String: String]>([:])
    private let server: Lock<HTTPServer?> = Lock(nil)
    let port: UInt16

    /// - Parameter answers: JSON documents by their paths below `/api/v1`, without a query.
    init(_ answers: [String: String]) throws {
        self.answers = Lock(answers)
        let (events, held, asked) = (events, self.answers, asked)
        let server = try HTTPServer(try ListenAddress("127.0.0.1:0")) { request in
            if let file = ConsolePage.file(at: request.path) { return file.response(ifNot: nil) }
            let path = request.path.dropFirst(2).joined(separator: "/")
            if path == "events" {
                return HTTPResponse(
                    200, headers: [("Content-Type", "text/event-stream")],
                    body: .stream(events.listen(to: nil, after: nil)))
            }
            if request.method == "POST" {
                asked.withLock { $0[path] = String(decoding: request.body, as: UTF8.self) }
            }
            guard let text = held.withLock({ $0[path] }) else {
                return HTTPResponse(404, "{}", type: "application/json")
            }
            let status = text.hasPrefix("{\"kind\":\"error\"") ? 503 : 200
            return HTTPResponse(status, text, type: "application/json")
        }
        port = server.port
        self.server.withLock { $0 = server }
    }

    /// Answers something else from now on; nil for nothing.
    func answer(_ path: String, _ text: String?) { answers.withLock { $0[path] = text } }

    /// The body that was posted last.
    func posted(_ path: String) -> String? { asked.withLock { $0[path] } }

    /// Opens the page and signs in.
    func signedIn(
        _ browser: Browser, width: Int = 1_280, height: Int = 800, scheme: String = "light"
    ) throws {
        try browser.open(port: port, width: width, height: height, scheme: scheme)
        try browser.wait("document.activeElement?.id === 'token'")
        try browser.type("approve-0123456789abcdef01234567")
        try browser.keys("Enter")
    }
}

/// Documents of an API that tests give out.
enum StagedDocuments {
    static func rows(_ kind: String, _ rows: [[String: String]]) throws -> String {
        String(
            decoding: try JSONSerialization.data(
                withJSONObject: ["kind": kind, "summary": "\(rows.count) of them", "rows": rows]),
            as: UTF8.self)
    }

    /// What every page asks first, of the environment `production`.
    static func first() throws -> [String: String] {
        [
            "whoami": try rows("whoami", [["name": "ada@example.com", "role": "approve"]]),
            "environments": try rows("environments", [["environment": "production"]]),
        ]
    }
}

extension StagedDocuments {
    /// A fleet of so many shards on servers of a hundred each, a few of which have a word to say.
    static func fleet(_ count: Int) -> String {
        let namespaces = ["commerce", "identity", "payments", "search"]
        let shards = (0..<count).map { number in
            let share = number * 10 / count
            let namespace = namespaces[share < 6 ? 0 : share < 8 ? 1 : share < 9 ? 2 : 3]
            let server = number * max(3, count / 100) / count
            return FleetReport.Shard(
                namespace: namespace, name: "\(namespace)_\(number)",
                server: "db-\(server).internal:3306", state: state(number, of: count),
                differing: state(number, of: count) == .inSync ? 0 : 1,
                reason: state(number, of: count) == .unknown ? "connection refused" : nil)
        }
        return JSONView.fleet(
            FleetReport(
                environment: "production", revision: revision, time: "2026-11-30T04:56:24Z",
                shards: shards))
    }

    private static let revision = PlanRevision(
        commit: "3f2a91c0d5e6f708192a3b4c5d6e7f8091a2b3c4", reference: "main",
        summary: "orders: track refunds")

    private static func state(_ number: Int, of count: Int) -> FleetReport.State {
        let place = number * 1_000 / count
        if number % 997 == 11 { return .drifted }
        switch place {
        case 333..<335: return .unknown
        case 500: return .conflict
        case 610..<640: return .pending
        case 640..<643: return .changing
        case 900: return .suspended
        default: return .inSync
        }
    }

    /// Documents of an environment in which nothing but the fleet is to be said.
    static func quiet(shards count: Int) throws -> [String: String] {
        let below = "environments/production/"
        var answers = try first()
        answers[below + "fleet"] = fleet(count)
        answers[below + "status"] = JSONView.status(
            StatusReport(environment: "production"), exit: .done)
        answers[below + "plan"] = JSONView.plan(
            PlanReport(
                plan: Plan(
                    environment: "production", revision: revision, steps: [], unknown: [],
                    unsupported: [], shardCount: count),
                digest: Digest(of: "plan"), steps: [], exitStatus: .done))
        answers[below + "drift"] = JSONView.drift(
            DriftReport(
                environment: "production", revision: revision, recordedAt: nil, shardCount: count,
                inSyncCount: count, findings: [], unmanaged: [], unknown: [], unsupported: [],
                stale: nil, notices: [], exitStatus: .done))
        for name in ["approvals", "rollouts", "log", "windows"] {
            answers[below + name] = JSONView.table(
                kind: name, rows: [], summary: "none", exit: .done)
        }
        return answers
    }
}
