import Basics
import Foundation
import HTTPClient
import Model
import Schema
import Service
import Views

/// A daemon that is asked over HTTP, instead of the ledger.
///
/// It renders, and its answers are printed.
struct RemoteDaemon {
    private let client: HTTPClient
    private let server: ServerURL
    private let environment: String?
    private let saysMost: Bool

    /// Nil where no daemon is named.
    ///
    /// Throws ``UsageError`` for options that only make sense on the ledger.
    init?(_ invocation: Invocation, about endpoint: Endpoint) throws {
        guard let text = invocation.server else { return nil }
        try Self.refuse(invocation, about: endpoint)
        let variables = invocation.environmentVariables
        server = try ServerURL(text)
        client = try HTTPClient(
            HTTPClient.Settings(
                server: server, token: try Self.token(variables),
                authorityFile: variables["PLUMB_SERVER_CA_FILE"]))
        environment = invocation.value(.environment)
        saysMost = invocation.value(.maxBytes) != nil
    }

    private static func refuse(_ invocation: Invocation, about endpoint: Endpoint) throws {
        let own = Set(endpoint.parameters.map(\.option))
        let settings: [Option] = [
            .source, .ref, .workingTree, .base, .operatorFile, .ledger, .namespace, .shard, .heal,
            .sign,
        ]
        for option in settings where !own.contains(option.name) {
            guard invocation.values[option.name] != nil || invocation.has(option) else { continue }
            throw UsageError(
                message: "--\(option.name) means nothing to a daemon, which has its own settings "
                    + "and looks at everything",
                remedy: "leave it out, or ask the ledger without --server and PLUMB_SERVER")
        }
    }

    /// What shows who asks; nil where nothing is set.
    private static func token(_ variables: [String: String]) throws -> String? {
        if let token = variables["PLUMB_TOKEN"] { return token }
        guard let path = variables["PLUMB_TOKEN_FILE"] else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(whereSeparator: \.isNewline).first
        else {
            throw ConfigurationError(
                "PLUMB_TOKEN_FILE: \(path) cannot be read, or is empty",
                remedy: "write the token there, in its first line")
        }
        return String(line)
    }

    /// Asks an endpoint.
    func ask(
        _ endpoint: Endpoint, _ asked: Parameters, _ format: Format, _ presentation: Presentation
    ) throws -> Asking.Shown {
        let response = try client.send(
            HTTPClient.Request(
                path(endpoint, asked) + query(endpoint, asked, format, presentation),
                accept: format.mediaType, body: body(endpoint, asked)))
        guard response.status == 200 else { throw failure(response) }
        guard let number = response.headers["plumb-exit"].flatMap({ Int32($0) }),
            let exit = ExitStatus(rawValue: number)
        else {
            throw HTTPClientError(
                "\(server) is no plumb daemon, or one that is newer",
                remedy: "see that its address is that of `--listen`")
        }
        // A daemon is not trusted with the terminal, nor is what stands between.
        let output = format.output ?? .text(isColoured: presentation.isColoured)
        return Asking.Shown(
            text: output.safe(response.body), exit: exit,
            isOpen: response.headers["plumb-open"] == "1",
            note: response.headers["plumb-note"].flatMap { PercentEncoding.decode($0) })
    }

    private func path(_ endpoint: Endpoint, _ asked: Parameters) -> String {
        let values = endpoint.parameters.filter { $0.place == .path }.compactMap { parameter in
            asked.text(parameter).map { (parameter.name, $0) }
        }
        return OpenAPI.base + "/environments/\(PercentEncoding.encode(environment ?? "-"))"
            + endpoint.path.filled(Dictionary(values) { first, _ in first })
    }

    private func query(
        _ endpoint: Endpoint, _ asked: Parameters, _ format: Format, _ presentation: Presentation
    ) -> String {
        var pairs = endpoint.parameters.filter { $0.place == .query }.flatMap { parameter in
            asked.texts(parameter).map { (parameter.name, $0) }
        }
        if format == .text {
            pairs.append(("width", "\(presentation.width)"))
            if presentation.isColoured { pairs.append(("colour", "true")) }
        }
        if saysMost { pairs.append(("maxBytes", "\(presentation.maxBytes)")) }
        let parts = pairs.map { "\($0)=\(PercentEncoding.encode($1))" }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    /// What is posted; nil for a question that changes nothing.
    private func body(_ endpoint: Endpoint, _ asked: Parameters) -> String? {
        guard endpoint.method == .post else { return nil }
        var members: [String: JSONValue] = [:]
        for parameter in endpoint.parameters where parameter.place == .body {
            let texts = asked.texts(parameter)
            guard let text = texts.first else { continue }
            members[parameter.name] =
                switch parameter.kind {
                case .list: .strings(texts)
                case .flag: .bool(asked.has(parameter))
                case .number: asked.number(parameter).map { .number($0) } ?? .string(text)
                case .text, .beginning, .shard, .time, .duration: .string(text)
                }
        }
        return JSONValue.object(members).encoded()
    }

    // MARK: What went wrong

    private struct Document: Decodable {
        let exit: Int32
        let problems: [Entry]

        struct Entry: Decodable {
            let message: String
            let code: String?
            let remedy: String?
            let location: Place?
        }

        struct Place: Decodable {
            let file: String
            let line: Int
            let column: Int
        }
    }

    /// The error that the daemon tells, or that it tells none.
    private func failure(_ response: HTTPClient.Response) -> any Error {
        guard
            let document = try? JSONDecoder().decode(
                Document.self, from: Data(response.body.utf8)), !document.problems.isEmpty
        else {
            let isElsewhere = (300..<400).contains(response.status)
            return HTTPClientError(
                isElsewhere
                    ? "\(server) leads to another address, which does not get the token"
                    : "\(server) answers with status \(response.status), and not as a plumb daemon",
                remedy: "see that its address is that of `--listen`")
        }
        let problems = document.problems.map { entry in
            Problem(
                entry.message, code: entry.code, remedy: entry.remedy,
                location: entry.location.map {
                    SourceLocation(file: $0.file, line: $0.line, column: $0.column)
                })
        }
        return AnsweredFailure(problems, status: ExitStatus(rawValue: document.exit) ?? .error)
    }
}

extension Invocation {
    /// The daemon that is to be asked; nil for the ledger.
    var server: String? {
        if let text = value(.server) { return text }
        let text = environmentVariables["PLUMB_SERVER"] ?? ""
        return text.isEmpty ? nil : text
    }
}
