import Model
import Views

extension OpenAPI {
    /// The statuses of errors, with the names of their descriptions.
    static let errors: [(status: String, name: String)] = [
        ("400", "usage"), ("401", "unknown"), ("403", "forbidden"), ("404", "notFound"),
        ("406", "notAcceptable"), ("409", "refused"), ("413", "tooLong"), ("414", "tooLongAddress"),
        ("431", "tooLongHeaders"), ("500", "failed"), ("503", "notYet"),
    ]

    static var components: JSONValue {
        var parameters: [(String, JSONValue)] = [
            (
                "environment",
                .object([
                    "name": .string("environment"), "in": .string("path"),
                    "required": .bool(true),
                    "description": .string("the environment; `-` stands for the only one"),
                    "schema": .object(["type": .string("string"), "minLength": .int(1)]),
                ])
            )
        ]
        parameters += Presentation.parameters.map { ($0.name, presentation($0)) }
        return .object([
            "parameters": .object(Dictionary(parameters) { first, _ in first }),
            "securitySchemes": .object([
                "token": .object(["type": .string("http"), "scheme": .string("bearer")])
            ]),
            "headers": headers, "responses": responses, "schemas": schemas,
        ])
    }

    private static var headers: JSONValue {
        func header(_ type: String, _ text: String) -> JSONValue {
            .object([
                "description": .string(text), "schema": .object(["type": .string(type)]),
            ])
        }
        return .object([
            "exit": header("integer", "the exit status of the command that asks the same"),
            "open": header("integer", "1 where what is shown goes on, so that it may change"),
            "note": header("string", "what a command says beside it, percent-encoded"),
        ])
    }

    private static var responses: JSONValue {
        let words = [
            "usage": "What was asked cannot be understood",
            "unknown": "No token, or an unknown one",
            "forbidden": "The token may not do this", "notFound": "There is nothing of this name",
            "notAcceptable": "There is no such format of this",
            "refused": "It cannot be done as things are, or the ledger is held by somebody else",
            "tooLong": "The body is too long", "tooLongAddress": "The address is too long",
            "tooLongHeaders": "The headers are too long", "failed": "It failed",
            "notYet": "The daemon's first pass is not over",
        ]
        // Said before anybody has looked what is asked, so that the answer has no format, or none
        // at all.
        let plain: JSONValue = .object(["schema": .object(["type": .string("string")])])
        let early: [String: JSONValue?] = [
            "tooLong": .object(["text/plain": plain]), "tooLongAddress": nil, "tooLongHeaders": nil,
        ]
        let error: JSONValue = .object([
            "application/json": .object(["schema": reference("schemas/error")])
        ])
        return .object(
            Dictionary(
                uniqueKeysWithValues: words.map { name, text in
                    var members: [String: JSONValue] = ["description": .string(text)]
                    members["content"] = early[name] ?? error
                    return (name, .object(members))
                }))
    }

    private static var schemas: JSONValue {
        let text: JSONValue = .object(["type": .string("string")])
        let envelope: [String: JSONValue] = [
            "version": .object(["const": .int(1)]), "kind": text, "summary": text,
            "exit": .object([
                "type": .string("integer"),
                "enum": .array(ExitStatus.allCases.map { .number($0.rawValue) }),
            ]),
            "outcome": .object([
                "type": .string("string"), "enum": .strings(ExitStatus.allCases.map(\.label)),
            ]),
        ]
        func document(_ more: [String: JSONValue], optional: [String] = []) -> JSONValue {
            let members = envelope.merging(more) { first, _ in first }
            return .object([
                "type": .string("object"), "properties": .object(members),
                "required": .strings(members.keys.filter { !optional.contains($0) }.sorted()),
            ])
        }
        let row: JSONValue = .object([
            "type": .string("object"), "additionalProperties": text,
        ])
        let problem: JSONValue = .object([
            "type": .string("object"),
            "properties": .object([
                "message": text,
                "code": .object(["type": .strings(["string", "null"])]),
                "remedy": .object(["type": .strings(["string", "null"])]),
                "location": .object(["type": .strings(["object", "null"])]),
            ]), "required": .strings(["message"]),
        ])
        return .object([
            "document": .object([
                "type": .string("object"),
                "description": .string("what `plumb` prints with --output json"),
            ]),
            "list": document(
                [
                    "rows": .object(["type": .string("array"), "items": row]),
                    "next": .object([
                        "type": .string("string"),
                        "description": .string(
                            "what `after` is to be for the next page; of the audit trail, `before`"),
                    ]),
                ], optional: ["next"]),
            "error": document(
                [
                    "problems": .object(["type": .string("array"), "items": problem]),
                    "remedy": .object(["type": .strings(["string", "null"])]),
                    "location": .object(["type": .strings(["object", "null"])]),
                ]),
        ])
    }
}
