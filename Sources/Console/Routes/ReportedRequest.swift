import HTTP
import Service

/// A request for the log: who asked for what, and what came of it. Nothing of its body, and no
/// token.
package struct ReportedRequest: Sendable {
    /// The name of the token; nil where there was none that is good.
    package let name: String?
    /// Such as `rollouts.stop`; nil where it did not come that far.
    package let endpoint: String?
    package let method: String
    /// The path without its query.
    package let path: String
    package let status: Int

    init(_ request: HTTPRequest, by name: String? = nil, endpoint: Endpoint? = nil, status: Int) {
        self.name = name
        self.endpoint = endpoint?.id
        method = request.method
        path = "/" + request.path.joined(separator: "/")
        self.status = status
    }
}
