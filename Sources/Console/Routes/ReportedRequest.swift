import HTTP
import Service
import Views

/// A request for the log: who asked for what, and what came of it. Nothing of its body, and no
/// token.
package struct ReportedRequest: Sendable {
    /// As in the header `Plumb-Request` of its answer.
    package let id: String
    /// The name of the token; nil where there was none that is good.
    package let name: String?
    /// Such as `rollouts.stop`; nil where it did not come that far.
    package let endpoint: String?
    package let method: String
    /// The path without its query, at most ``longestPath`` letters of it.
    package let path: String
    package let status: Int

    init(_ request: HTTPRequest, by name: String? = nil, endpoint: Endpoint? = nil, status: Int) {
        id = request.id
        self.name = name
        self.endpoint = endpoint?.id
        method = request.method
        let whole = "/" + request.path.joined(separator: "/")
        path =
            whole.count > Self.longestPath ? whole.prefix(Self.longestPath) + "…" : whole
        self.status = status
    }

    /// Whoever has no token may fill a log with short lines only.
    private static let longestPath = 300

    /// What is only read matters to few; what was refused, or could not be answered, to somebody.
    package var level: LogLevel {
        switch status {
        case 401, 403, 500: .warning
        default: ["GET", "HEAD"].contains(method) ? .debug : .info
        }
    }
}
