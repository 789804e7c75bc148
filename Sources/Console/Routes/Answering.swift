import Basics
import HTTP
import Model
import Service
import Views

/// From what was asked over HTTP to an endpoint, and from its answer to a response.
enum Answering {
    /// The parameters of a request: of its path, its query and the members of its body.
    ///
    /// Throws where the body is no JSON object of texts, numbers, flags and lists of texts.
    static func values(
        _ request: HTTPRequest, _ path: [String: String]
    ) throws -> [String: [String]] {
        var values = path.mapValues { [$0] }
        for (name, value) in request.query where !presentation.contains(name) {
            values[name, default: []].append(value)
        }
        guard !request.body.isEmpty else { return values }
        guard mediaType(request.headers["content-type"] ?? "") == "application/json" else {
            throw UsageError(
                message: "the body is not declared to be JSON",
                remedy: "send Content-Type: application/json")
        }
        for (name, texts) in try RequestBody.members(request.body) {
            guard values[name] == nil else {
                throw UsageError(
                    message: "\(name) is given twice", remedy: "give it in one place")
            }
            values[name] = texts
        }
        return values
    }

    /// The parameters that say how an answer is shown, not what is asked.
    private static let presentation = Set(Presentation.parameters.map(\.name))

    /// How the answer is to be shown.
    static func presentation(_ request: HTTPRequest) throws -> Presentation {
        var values: [String: [String]] = [:]
        for (name, value) in request.query where presentation.contains(name) {
            values[name, default: []].append(value)
        }
        return try Presentation(values)
    }

    /// The format that the client wants most, of those there are; JSON where it does not mind, nil
    /// where it wants none of them.
    static func format(_ accept: String?, of formats: [Format]) -> Format? {
        guard let accept, !accept.isEmpty else { return .json }
        var best: (format: Format, weight: Double)?
        for part in accept.split(separator: ",") {
            let pieces = part.split(separator: ";").map {
                $0.trimmingPrefix { $0 == " " }
            }
            let type = mediaType(String(pieces.first ?? ""))
            let weight =
                pieces.dropFirst().first { $0.hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            let format: Format? =
                type == "*/*" || type == "application/*"
                ? .json : formats.first { $0.mediaType == type }
            guard let format, weight > (best?.weight ?? 0) else { continue }
            best = (format, weight)
        }
        return best?.format
    }

    private static func mediaType(_ header: String) -> String {
        let type = header.prefix { $0 != ";" }
        return type.filter { $0 != " " }.lowercased()
    }

    static func response(
        _ answer: Answer, as format: Format, _ presentation: Presentation
    ) -> HTTPResponse {
        HTTPResponse(
            200, answer.text(format, presentation), type: format.mediaType + "; charset=utf-8",
            headers: [("Plumb-Exit", String(answer.exit.rawValue))]
                + (answer.isOpen ? [("Plumb-Open", "1")] : [])
                + (answer.note.map { [("Plumb-Note", PercentEncoding.encode($0))] } ?? []))
    }

    /// Rows that are no answer of an endpoint, as what concerns no environment.
    static func list(
        _ kind: String, _ rows: [[String: String]], _ summary: String
    ) -> HTTPResponse {
        HTTPResponse(
            200, JSONView.table(kind: kind, rows: rows, summary: summary, exit: .done),
            type: "application/json; charset=utf-8")
    }

    static func response(_ error: any Error) -> HTTPResponse {
        let failure = Failure(error)
        return HTTPResponse(
            failure.httpStatus,
            ErrorDocument.text(failure.problems, exit: failure.status, format: .json),
            type: "application/json; charset=utf-8",
            headers: [("Plumb-Exit", String(failure.status.rawValue))])
    }

    /// A refusal without an error of Plumb's.
    static func refusal(
        _ status: Int, _ summary: String, remedy: String,
        headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status,
            JSONView.error(summary, [Problem(summary, remedy: remedy)], exit: .usage),
            type: "application/json; charset=utf-8", headers: headers)
    }
}
