import Views

/// The description of the HTTP interface (OpenAPI 3.1), made from the endpoints.
///
/// `docs/openapi.json` is this document.
package enum OpenAPI {
    /// Where the endpoints are, below a daemon's address.
    package static let base = "/api/v1"
    /// The path of an environment; `-` stands for the only one.
    package static let environment = "/environments/{environment}"

    /// The whole document, indented, with its final line feed.
    ///
    /// - Parameter version: the program's.
    package static func document(version: String) -> String {
        let paths = Dictionary(grouping: Endpoints.all, by: \.path.description)
            .map { path, endpoints in
                (
                    environment + path,
                    JSONValue.object(
                        Dictionary(
                            endpoints.map { ($0.method.rawValue.lowercased(), operation($0)) }
                        ) { first, _ in first })
                )
            }
        let whole: [String: JSONValue] = [
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("plumb daemon"), "version": .string(version),
                "description": .string(
                    "What may be asked of a fleet of MySQL and MariaDB databases. The commands of "
                        + "the program ask the same with --server."),
            ]),
            "servers": .array([.object(["url": .string(base)])]),
            "security": .array([.object(["token": .array([])])]),
            "paths": .object(Dictionary(paths) { first, _ in first }),
            "components": components,
        ]
        return JSONValue.object(whole).encoded(pretty: true) + "\n"
    }

    private static func operation(_ endpoint: Endpoint) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(endpoint.id), "summary": .string(endpoint.summary),
            "description": .string("The token must be one that may \(endpoint.role.rawValue)."),
            "x-plumb-role": .string(endpoint.role.rawValue),
            "parameters": .array(
                [reference("parameters/environment")]
                    + endpoint.parameters.filter { $0.place != .body }.map(parameter)
                    + Presentation.parameters.map { reference("parameters/\($0.name)") }),
            "responses": responses(endpoint),
        ]
        let body = endpoint.parameters.filter { $0.place == .body }
        if !body.isEmpty {
            members["requestBody"] = .object([
                "required": .bool(true),
                "content": .object([
                    "application/json": .object(["schema": bodySchema(body)])
                ]),
            ])
        }
        return .object(members)
    }

    private static func bodySchema(_ parameters: [Parameter]) -> JSONValue {
        .object([
            "type": .string("object"), "additionalProperties": .bool(false),
            "required": .strings(parameters.filter(\.isRequired).map(\.name)),
            "properties": .object(
                Dictionary(parameters.map { ($0.name, schema($0, says: true)) }) { first, _ in first
                }),
        ])
    }

    private static func parameter(_ parameter: Parameter) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "description": .string(
                parameter.help
                    + (parameter.place == .path && !parameter.isRequired
                        ? "; `-` stands for none" : "")),
            "required": .bool(parameter.isRequired || parameter.place == .path),
            "schema": schema(parameter, says: false),
        ]
        if parameter.kind == .list { members["explode"] = .bool(true) }
        return .object(members)
    }

    /// - Parameter says: whether the schema has the help of the parameter.
    private static func schema(_ parameter: Parameter, says: Bool) -> JSONValue {
        let text: [String: JSONValue] = [
            "type": .string("string"), "maxLength": .number(Parameters.mostBytes),
        ]
        var members: [String: JSONValue]
        switch parameter.kind {
        case .text:
            members = text
            if parameter.isRequired { members["minLength"] = .int(1) }
        case .beginning:
            members = text
            members["minLength"] = .int(4)
        case .shard:
            members = text
            members["pattern"] = .string("^[^/]+/[^/]+$")
        case .number(let least, let most):
            members = [
                "type": .string("integer"), "minimum": .number(least), "maximum": .number(most),
            ]
        case .flag: members = ["type": .string("boolean")]
        case .time:
            members = ["type": .string("string"), "pattern": .string(Self.timePattern)]
            members["examples"] = .strings(["2026-11-20", "2026-11-20T18:04:00Z"])
        case .duration:
            members = ["type": .string("string"), "pattern": .string("^[1-9][0-9]{0,9}[smhd]$")]
        case .list:
            members = [
                "type": .string("array"), "items": .object(text),
                "maxItems": .number(Parameters.mostTexts),
            ]
        }
        if says { members["description"] = .string(parameter.help) }
        return .object(members)
    }

    private static let timePattern =
        "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        + "(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$"

    private static func responses(_ endpoint: Endpoint) -> JSONValue {
        let document: JSONValue =
            switch endpoint.document {
            case .list: reference("schemas/list")
            case .described(let name): .object(["$ref": .string("\(name).schema.json")])
            case .other: reference("schemas/document")
            }
        let content = endpoint.formats.map { format in
            (
                format.mediaType,
                format == .json
                    ? JSONValue.object(["schema": document])
                    : .object(["schema": .object(["type": .string("string")])])
            )
        }
        var responses: [String: JSONValue] = [
            "200": .object([
                "description": .string("The answer"),
                "headers": .object([
                    "Plumb-Exit": reference("headers/exit"),
                    "Plumb-Open": reference("headers/open"),
                    "Plumb-Note": reference("headers/note"),
                ]),
                "content": .object(Dictionary(content) { first, _ in first }),
            ])
        ]
        for (status, name) in errors { responses[status] = reference("responses/\(name)") }
        return .object(responses)
    }

    static func reference(_ name: String) -> JSONValue {
        .object(["$ref": .string("#/components/\(name)")])
    }

    static func presentation(_ one: Parameter) -> JSONValue { parameter(one) }
}
