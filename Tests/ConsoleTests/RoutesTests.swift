import Basics
import Execution
import Foundation
import HTTP
import Model
import Reports
import Schema
import TestSupport
import Testing
import Tokens

@testable import Console

/// The routes of a daemon that serves no environment yet, or one of which a pass failed.
@Suite struct RoutesTests {
    private let folder: TemporaryFolder
    private let routes: Routes
    private let state: DaemonState
    private let alive = Lock(true)
    private let told = Lock<[ReportedRequest]>([])
    private let looks = Lock(0)
    private static let reader = "reader-0123456789abcdef01234567"

    init() throws {
        folder = try TemporaryFolder()
        let path = try folder.write("prometheus read \(Self.reader)\n", to: "tokens")
        chmod(path, 0o600)
        let hooks = try folder.write("hub github \(SignedDelivery.github)\n", to: "hooks")
        chmod(hooks, 0o600)
        let events = EventHub()
        state = DaemonState(events: events)
        routes = Routes(
            state: state, events: events, tokens: try TokenFile(path) { _ in },
            webhooks: try WebhookDoor(hooks) { _ in },
            settings: Routes.Settings(
                version: "1.2.3", startedAt: Timestamp(secondsSince1970: 1_000),
                isAlive: { [alive] in alive.withLock { $0 } }, wake: { _ in },
                look: { [looks] in looks.withLock { $0 += 1 } },
                tell: { [told] request in told.withLock { $0.append(request) } }))
    }

    private func ask(
        _ path: String, _ method: String = "GET", secret: String? = RoutesTests.reader,
        headers: [String: String] = [:], body: [UInt8] = []
    ) -> (status: Int, text: String, headers: [String: String]) {
        var headers = headers
        if let secret { headers["authorization"] = "Bearer \(secret)" }
        let response = routes.answer(
            HTTPRequest(
                method: method, path: path.split(separator: "/").map(String.init), headers: headers,
                body: body, connectionCount: 3))
        var text = ""
        if case .bytes(let bytes) = response.body { text = String(decoding: bytes, as: UTF8.self) }
        return (
            response.status, text,
            Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 }
        )
    }

    private func note(_ event: ReconcileEvent, at seconds: Int64 = 2_000) {
        state.note(event, of: "production", at: Timestamp(secondsSince1970: seconds), json: "{}")
    }

    @Test(
        "attack: whoever has no good token learns nothing, not even what there is",
        arguments: [
            "/metrics", "/api/v1/environments", "/api/v1/events", "/nothing", "/api/v1/none",
            "/api/v1/whoami", "/console", "/console/none.js", "/console/console.html",
            "/api/v1/environments/-/status", "/api/v1/environments/production/none",
        ])
    func withoutATokenNothingIsTold(_ path: String) {
        let wrong: [[String: String]] = [
            [:], ["authorization": "Bearer wrong"], ["authorization": "Bearer "],
            ["authorization": "Basic \(Self.reader)"], ["authorization": Self.reader],
            ["authorization": "Bearer \(Self.reader) \(Self.reader)"],
            ["x-authorization": "Bearer \(Self.reader)"], ["cookie": "token=\(Self.reader)"],
        ]
        let answers = wrong.map { ask(path, secret: nil, headers: $0) }
        #expect(answers.allSatisfy { $0.status == 401 && $0.text == answers[0].text })
        #expect(answers[0].headers["WWW-Authenticate"] == "Bearer")
        #expect(!answers[0].text.contains("production"))
        #expect(told.withLock { $0.count } == wrong.count)
    }

    @Test func whetherTheLoopsGoOnIsToldToEverybody() {
        #expect(ask("/livez", secret: nil).status == 200)
        alive.withLock { $0 = false }
        #expect(ask("/livez", secret: nil).status == 503)
        #expect(ask("/livez", "POST", secret: nil).status == 405)
    }

    @Test func itIsReadyOnceEachEnvironmentWasLookedAt() {
        #expect(ask("/readyz", secret: nil).status == 503)
        note(.failed(number: 1, message: "no server", status: .error))
        #expect(ask("/readyz", secret: nil).status == 503)
        note(.standingBy(message: "another one"))
        #expect(ask("/readyz", secret: nil).status == 200)
        state.note(
            .pausing(seconds: 1), of: "staging", at: Timestamp(secondsSince1970: 1), json: "")
        #expect(ask("/readyz", secret: nil).status == 503)
    }

    @Test(arguments: [
        ("/none", "GET", 404), ("/api", "GET", 404), ("/api/v2/environments", "GET", 404),
        ("/api/v1/environments", "POST", 405), ("/api/v1/environments", "DELETE", 405),
        ("/api/v1/environments/-", "GET", 404), ("/api/v1/environments/-/none", "GET", 404),
        ("/metrics", "PUT", 405), ("/api/v1/environments", "HEAD", 200),
    ])
    func otherAddressesAndMethodsAreRefused(_ path: String, _ method: String, _ status: Int) {
        let answer = ask(path, method)
        #expect(answer.status == status)
        #expect((answer.headers["Allow"] != nil) == (status == 405))
    }

    @Test func nothingOfAnAnswerIsKeptFramedOrRun() {
        for path in ["/none", "/livez", "/metrics", "/", "/console/main.js"] {
            let answer = ask(path)
            #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
            #expect(answer.headers["X-Frame-Options"] == "DENY")
            let isPage = path == "/" || path.hasPrefix("/console")
            #expect(answer.headers["Cache-Control"] == (isPage ? "no-cache" : "no-store"))
            #expect(
                answer.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        }
    }

    @Test func thePageIsForEverybodyAndTellsNothing() {
        note(.failed(number: 1, message: "no server", status: .error))
        let answer = ask("/", secret: nil)
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(!answer.text.contains("production") && !answer.text.contains("1.2.3"))
        #expect(ask("/", "HEAD", secret: nil).status == 200)
        #expect(ask("/console/main.js", secret: nil).status == 200)
        #expect(ask("/", "POST", secret: nil).status == 405)
        #expect(told.withLock { $0.isEmpty })
    }

    @Test func whoAsksIsToldWhoTheyAre() {
        let answer = ask("/api/v1/whoami")
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""rows":[{"name":"prometheus","role":"read"}]"#))
        #expect(ask("/api/v1/whoami", "POST").status == 405)
    }

    @Test func environmentsAreListed() {
        note(.failed(number: 1, message: "no server", status: .error))
        let answer = ask("/api/v1/environments")
        #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
        #expect(answer.text.contains(#""environment":"production","fault":"no server""#))
    }

    @Test func aTokenIsNeverTold() {
        _ = ask("/none", secret: "wrong-0123456789abcdef01234567")
        let texts = told.withLock { $0 }.map { "\($0)" }
        #expect(texts.count == 1 && !texts[0].contains("wrong-0123"))
    }

    @Test func eachRequestHasAnIdThatItsAnswerTells() {
        let first = ask("/api/v1/environments")
        let second = ask("/metrics", headers: ["plumb-request": "mine", "x-request-id": "mine"])
        _ = ask("/livez")
        let ids = told.withLock { $0.map(\.id) }
        #expect(ids == [first, second].map { $0.headers["Plumb-Request"] ?? "" })
        #expect(Set(ids).count == 2 && ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{16}/) != nil })
    }

    @Test func whatIsOnlyReadMattersLess() {
        _ = ask("/api/v1/environments")
        _ = ask("/metrics", secret: nil)
        _ = ask("/api/v1/environments/-/suspend", "POST")
        #expect(told.withLock { $0.map(\.level) } == [.debug, .warning, .warning])
        #expect(told.withLock { $0.map(\.name) } == ["prometheus", nil, "prometheus"])
        #expect(told.withLock { $0.map(\.endpoint) } == [nil, nil, "suspensions.suspend"])
    }

    @Test func aPushLetsAllLoopsLookOnce() {
        let headers = SignedDelivery.headers("github")
        let answers = (0..<2).map { _ in
            ask("/webhook", "POST", secret: nil, headers: headers, body: SignedDelivery.body)
        }
        #expect(answers.map(\.status) == [202, 409])
        #expect(looks.withLock { $0 } == 1)
        #expect(told.withLock { $0.map(\.name) } == ["hub", "hub"])
        #expect(ask("/webhook", secret: nil).status == 405)
        #expect(ask("/metrics").text.contains(#"plumb_webhooks_total{outcome="accepted"} 1"#))
    }

    @Test("attack: a forged push does nothing, and learns nothing")
    func forgedPushesDoNothing() {
        let wrong: [[String: String]] = [
            [:], ["x-gitlab-token": "x"], ["x-hub-signature-256": "sha256=0"],
            ["authorization": "Bearer \(Self.reader)"],
        ]
        for headers in wrong {
            let answer = ask(
                "/webhook", "POST", secret: nil, headers: headers, body: SignedDelivery.body)
            #expect(answer.status == 401 && answer.text == "refused\n")
        }
        #expect(looks.withLock { $0 } == 0)
        #expect(told.withLock { $0.map(\.level) } == wrong.map { _ in .warning })
    }

    @Test func whatWasMeasuredIsTold() {
        for measure: Measure in [
            .statement(seconds: 0.02), .statement(seconds: 90), .lockWait, .recorded(bytes: 700),
            .recorded(bytes: 300), .fetchFailed,
        ] { state.note(measure, of: "production") }
        let text = ask("/metrics").text
        for line in [
            #"plumb_statement_seconds_bucket{environment="production",le="0.05"} 1"#,
            #"plumb_statement_seconds_bucket{environment="production",le="300"} 2"#,
            #"plumb_statement_seconds_count{environment="production"} 2"#,
            #"plumb_lock_waits_total{environment="production"} 1"#,
            #"plumb_ledger_commits_total{environment="production"} 2"#,
            #"plumb_ledger_written_bytes_total{environment="production"} 1000"#,
            #"plumb_fetch_failures_total{environment="production"} 1"#,
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test("attack: a long path does not fill the log")
    func longPathsAreCut() {
        _ = ask("/" + String(repeating: "a:b@", count: 4_000), secret: nil)
        #expect(told.withLock { $0.map(\.path.count) } == [301])
    }

    @Test func metricsAreTold() {
        note(.failed(number: 1, message: "no server", status: .error))
        let key = OperationKey(
            shard: ShardID(namespace: "app", shard: "0"), object: ObjectName(.table, "t"))
        note(.rollout(.started(key)), at: 2_000)
        note(
            .rollout(.settled(key, OperationOutcome(kind: .completed(ran: true), attempts: 0))),
            at: 2_004
        )
        note(.rollout(.started(key)), at: 2_005)
        let text = ask("/metrics").text
        for line in [
            #"plumb_build_info{version="1.2.3"} 1"#, "plumb_start_time_seconds 1000",
            #"plumb_environment_ready{environment="production"} 0"#,
            #"plumb_passes_total{environment="production",outcome="failed"} 1"#,
            #"plumb_operations_total{environment="production",state="completed"} 1"#,
            #"plumb_operations_at_work{environment="production"} 1"#,
            #"plumb_operation_seconds_bucket{environment="production",le="1"} 0"#,
            #"plumb_operation_seconds_bucket{environment="production",le="5"} 1"#,
            #"plumb_operation_seconds_bucket{environment="production",le="+Inf"} 1"#,
            #"plumb_operation_seconds_sum{environment="production"} 4"#,
            "plumb_http_connections 3", "# TYPE plumb_operation_seconds histogram",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func eachMetricStandsOnceWithItsKind() {
        note(.failed(number: 1, message: "no server", status: .error))
        note(.failed(number: 1, message: "no server", status: .error))
        let lines = ask("/metrics").text.split(separator: "\n")
        let heads = lines.filter { $0.hasPrefix("# TYPE ") }
        #expect(Set(heads).count == heads.count)
        for metric in Metric.allCases {
            #expect(metric.rawValue.hasPrefix("plumb_"))
            #expect(metric.rawValue.hasSuffix("_total") == (metric.kind == .counter))
        }
    }
}
