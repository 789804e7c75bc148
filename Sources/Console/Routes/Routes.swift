import Basics
import Execution
import Foundation
import HTTP
import Schema
import Service
import Tokens

/// Everything that the daemon answers over HTTP.
package final class Routes: Sendable {
    private let state: DaemonState
    private let events: EventHub
    private let tokens: TokenFile
    private let webhooks: WebhookDoor?
    private let settings: Settings
    private let counts = Lock<[Int: Int]>([:])
    private let answers = AnswerCache()

    /// What the routes ask of the daemon beside its state.
    package struct Settings: Sendable {
        package var version: String
        package var startedAt: Timestamp
        /// Whether the loops go on.
        package var isAlive: @Sendable () -> Bool
        /// Lets the loop of an environment make its next pass at once, as something was asked.
        package var wake: @Sendable (String) -> Void
        /// Lets the loops of all environments look at once, as something was pushed.
        package var look: @Sendable () -> Void
        /// Tells of each request but those to `/livez` and `/readyz`, once it is answered.
        package var tell: @Sendable (ReportedRequest) -> Void

        package init(
            version: String, startedAt: Timestamp, isAlive: @escaping @Sendable () -> Bool,
            wake: @escaping @Sendable (String) -> Void,
            look: @escaping @Sendable () -> Void,
            tell: @escaping @Sendable (ReportedRequest) -> Void
        ) {
            self.version = version
            self.startedAt = startedAt
            self.isAlive = isAlive
            self.wake = wake
            self.look = look
            self.tell = tell
        }
    }

    /// - Parameter webhooks: takes what forges send; nil where nobody asks for that.
    package init(
        state: DaemonState, events: EventHub, tokens: TokenFile, webhooks: WebhookDoor? = nil,
        settings: Settings
    ) {
        self.state = state
        self.events = events
        self.tokens = tokens
        self.webhooks = webhooks
        self.settings = settings
    }

    /// Answers a request.
    package func answer(_ request: HTTPRequest) -> HTTPResponse {
        var response = route(request)
        for header in Self.always where response.headers.allSatisfy({ $0.name != header.name }) {
            response.headers.append(header)
        }
        response.headers.append(("Plumb-Request", request.id))
        if response.headers.allSatisfy({ $0.name != "Cache-Control" }) {
            response.headers.append(("Cache-Control", "no-store"))
        }
        counts.withLock { $0[response.status, default: 0] += 1 }
        return response
    }

    /// Of each answer: nothing of it is run, framed or guessed at by a browser.
    private static let always: [(name: String, value: String)] = [
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ]

    private func route(_ request: HTTPRequest) -> HTTPResponse {
        switch request.path {
        case ["livez"]: return probe(request, settings.isAlive())
        case ["readyz"]: return probe(request, state.isReady)
        case ["webhook"]: if let webhooks { return take(request, webhooks) }
        default: break
        }
        // The same for everybody and every daemon: it tells nothing, and asks for a token itself.
        if let file = ConsolePage.file(at: request.path) {
            guard isRead(request) else { return notAllowed("GET") }
            return file.response(ifNot: request.headers["if-none-match"])
        }
        guard let token = token(request) else {
            settings.tell(ReportedRequest(request, status: 401))
            return Answering.refusal(
                401, "no token, or none that is good",
                remedy: "send Authorization: Bearer and a token of the daemon's file",
                headers: [("WWW-Authenticate", "Bearer")])
        }
        let (response, endpoint) = answer(request, token)
        settings.tell(
            ReportedRequest(
                request, by: token.name, endpoint: endpoint, status: response.status))
        return response
    }

    /// The answer to a forge; it has no token, and proves by other means who it is.
    private func take(_ request: HTTPRequest, _ webhooks: WebhookDoor) -> HTTPResponse {
        guard request.method == "POST" else { return notAllowed("POST") }
        let (outcome, sender) = webhooks.take(request)
        if outcome == .accepted { settings.look() }
        let response = HTTPResponse(outcome)
        settings.tell(ReportedRequest(request, by: sender, status: response.status))
        return response
    }

    /// The answer to somebody who has a token, and which endpoint was asked.
    private func answer(_ request: HTTPRequest, _ token: AccessToken) -> Asked {
        guard request.path.first == "api" else {
            guard request.path == ["metrics"] else { return (notFound, nil) }
            guard isRead(request) else { return (notAllowed("GET"), nil) }
            return (metrics(request.connectionCount), nil)
        }
        guard request.path.prefix(2) == ["api", "v1"] else { return (notFound, nil) }
        return api(request, Array(request.path.dropFirst(2)), token)
    }

    private typealias Asked = (response: HTTPResponse, endpoint: Endpoint?)

    private func isRead(_ request: HTTPRequest) -> Bool {
        request.method == "GET" || request.method == "HEAD"
    }

    private func probe(_ request: HTTPRequest, _ isGood: Bool) -> HTTPResponse {
        guard isRead(request) else { return notAllowed("GET") }
        return HTTPResponse(isGood ? 200 : 503, isGood ? "ok\n" : "not yet\n")
    }

    private func token(_ request: HTTPRequest) -> AccessToken? {
        guard let header = request.headers["authorization"] else { return nil }
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return tokens.token(of: String(words[1]))
    }

    private func metrics(_ connectionCount: Int) -> HTTPResponse {
        let metrics = DaemonMetrics(
            version: settings.version, startedAt: settings.startedAt,
            environments: state.all().map { ($0.name, $0.known) },
            requests: counts.withLock { $0 }, webhooks: webhooks?.outcomes,
            notifications: state.notifications,
            connectionCount: connectionCount,
            streamCount: events.listenerCount)
        return HTTPResponse(200, metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
    }

    // MARK: The API

    private func api(
        _ request: HTTPRequest, _ path: [String], _ token: AccessToken
    ) -> Asked {
        switch path {
        case ["environments"], ["whoami"], ["openapi.json"], ["events"]:
            guard isRead(request) else { return (notAllowed("GET"), nil) }
            do {
                return (try document(request, path[0], token), nil)
            } catch {
                return (Answering.response(error), nil)
            }
        default: break
        }
        guard path.count > 1, path[0] == "environments" else { return (notFound, nil) }
        return ask(request, path[1] == "-" ? nil : path[1], Array(path.dropFirst(2)), token)
    }

    /// What is about no environment.
    private func document(
        _ request: HTTPRequest, _ name: String, _ token: AccessToken
    ) throws -> HTTPResponse {
        switch name {
        case "environments": environments()
        case "whoami":
            Answering.list(
                "whoami", [["name": token.name, "role": token.role.rawValue]],
                "\(token.name) may \(token.role.rawValue)")
        case "events": try listen(request, token)
        default:
            HTTPResponse(
                200, OpenAPI.document(version: settings.version), type: "application/json")
        }
    }

    private func ask(
        _ request: HTTPRequest, _ environment: String?, _ path: [String], _ token: AccessToken
    ) -> Asked {
        let method: Endpoint.Method? = isRead(request) ? .get : .init(rawValue: request.method)
        let found = Endpoints.at(path)
        guard !found.isEmpty else { return (notFound, nil) }
        guard let (endpoint, values) = found.first(where: { $0.endpoint.method == method }) else {
            let methods = Set(found.map(\.endpoint.method.rawValue)).sorted()
            return (notAllowed(methods.joined(separator: ", ")), nil)
        }
        guard token.allows(endpoint.role) else {
            let refusal = Answering.refusal(
                403,
                "the token of \(token.name) may \(token.role.rawValue), and this needs one that may "
                    + endpoint.role.rawValue,
                remedy: "use another token, or give this one another role in the daemon's file")
            return (refusal, endpoint)
        }
        do {
            return (try answer(request, environment, endpoint, values, token), endpoint)
        } catch {
            return (Answering.response(error), endpoint)
        }
    }

    private func answer(
        _ request: HTTPRequest, _ environment: String?, _ endpoint: Endpoint,
        _ values: [String: String], _ token: AccessToken
    ) throws -> HTTPResponse {
        let presentation = try Answering.presentation(request)
        guard let format = Answering.format(request.headers["accept"], of: endpoint.formats) else {
            return Answering.refusal(
                406, "there is no such format of this",
                remedy: "accept \(endpoint.formats.map(\.mediaType).joined(separator: ", "))")
        }
        let parameters = try endpoint.parameters(try Answering.values(request, values))
        let (session, generation) = try state.session(environment, as: token)
        func rendered() throws -> HTTPResponse {
            Answering.response(
                try endpoint.answer(parameters, session), as: format, presentation)
        }
        let name = session.ledger.environment.name
        guard endpoint.method == .get else {
            let response = try rendered()
            settings.wake(name)
            return response
        }
        // Where the ledger cannot be read, whoever renders the answer says so.
        guard request.body.isEmpty, let head = try? session.ledger.store.snapshot()?.commit.hex
        else { return try rendered() }
        let key = AnswerCache.Key(
            environment: name, head: head, generation: generation, endpoint: endpoint.id,
            asked: request.path + request.query.flatMap { [$0.name, $0.value] },
            format: format.mediaType)
        return try answers.answer(key) { RenderedAnswer(try rendered()) }.response(to: request)
    }

    private func environments() -> HTTPResponse {
        let rows = state.all().map { name, known, _ in
            [
                "environment": name, "ready": known.isReady ? "true" : "false",
                "lastPass": known.lastPass?.iso ?? "", "fault": known.fault ?? "",
                "standingBy": known.holder ?? "",
            ]
        }
        return Answering.list("environments", rows, Count.of(rows.count, "environment"))
    }

    /// The stream of events, of one environment or all.
    private func listen(
        _ request: HTTPRequest, _ token: AccessToken
    ) throws -> HTTPResponse {
        var environment: String?
        for (name, value) in request.query {
            guard name == "environment" else {
                throw UsageError(
                    message: "there is no parameter `\(name)` here", remedy: "use environment")
            }
            environment = value
        }
        let stream = events.listen(
            to: environment, after: request.headers["last-event-id"].flatMap(UInt64.init),
            by: EventHub.Right(of: token) { [tokens] in tokens.holds($0) })
        return HTTPResponse(
            200, headers: [("Content-Type", "text/event-stream")], body: .stream(stream))
    }

    private var notFound: HTTPResponse {
        Answering.refusal(
            404, "there is nothing of this name", remedy: "/api/v1/openapi.json lists what there is"
        )
    }

    private func notAllowed(_ methods: String) -> HTTPResponse {
        Answering.refusal(
            405, "this method is not for this address", remedy: "use \(methods)",
            headers: [("Allow", methods)])
    }
}
