import Tokens

/// One thing that may be asked of an environment: by a command, or over HTTP.
///
/// Commands, routes, the client of `--server` and `docs/openapi.json` come from it.
package struct Endpoint: Sendable {
    /// Such as `rollouts.stop`.
    package let id: String
    package let method: Method
    package let path: PathTemplate
    /// One sentence without a full stop, as the command's.
    package let summary: String
    /// What whoever asks must be allowed to do.
    package let role: Role
    package let parameters: [Parameter]
    /// The formats of its answer; text is one of them.
    package let formats: [Format]
    /// What its JSON document is.
    package let document: Document
    private let check: @Sendable (Parameters) throws -> Void
    private let body: @Sendable (Parameters, ServiceSession) throws -> Answer

    /// How it is asked over HTTP: with GET what changes nothing, everything else with POST.
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// What the JSON document of an answer is.
    package enum Document: Hashable, Sendable {
        /// Rows with texts, in pages where there are many.
        case list
        /// One that `docs/NAME.schema.json` describes.
        case described(String)
        /// Any other one, with the members that all have.
        case other
    }

    package typealias Role = AccessRole

    /// - Parameters:
    ///   - path: such as `/rollouts/{rollout}/stop`, below an environment's.
    ///   - document: most endpoints have rows.
    ///   - check: throws ``UsageError`` for what the parameters cannot say together.
    package init(
        _ id: String, _ method: Method, _ path: String, _ role: Role, summary: String,
        parameters: [Parameter] = [], formats: [Format] = Answer.usual,
        document: Document = .list,
        check: @escaping @Sendable (Parameters) throws -> Void = { _ in },
        answer body: @escaping @Sendable (Parameters, ServiceSession) throws -> Answer
    ) {
        self.id = id
        self.method = method
        self.path = PathTemplate(path)
        self.summary = summary
        self.role = role
        self.parameters = parameters
        self.formats = formats
        self.document = document
        self.check = check
        self.body = body
    }

    /// What was asked, where it can be understood; throws ``UsageError``. Needs nothing of an
    /// environment.
    ///
    /// - Parameter values: the texts of each parameter that is given, in their order.
    package func parameters(
        _ values: [String: [String]], spelling: Parameters.Spelling = .names
    ) throws -> Parameters {
        let found = try Parameters(values, of: parameters, spelling: spelling)
        try check(found)
        return found
    }

    /// The answer; throws what ``Failure`` shows.
    package func answer(_ parameters: Parameters, _ session: ServiceSession) throws -> Answer {
        try check(parameters)
        return try body(parameters, session)
    }
}
