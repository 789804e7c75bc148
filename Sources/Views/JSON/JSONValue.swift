/// A JSON document; equal values always give the same bytes.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

    package static func number(_ value: some BinaryInteger) -> JSONValue {
        .int(Int64(clamping: value))
    }

    package static func strings(_ values: [String]) -> JSONValue {
        .array(values.map(JSONValue.string))
    }

    /// The text with keys sorted by their bytes: on one line, or indented by two spaces.
    package func encoded(pretty: Bool = false) -> String {
        var text = ""
        write(to: &text, depth: pretty ? 0 : nil)
        return text
    }

    private func write(to text: inout String, depth: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            Self.write("[", "]", values, to: &text, depth: depth) { value, text, depth in
                value.write(to: &text, depth: depth)
            }
        case .object(let members):
            let sorted = members.sorted {
                Array($0.key.utf8).lexicographicallyPrecedes($1.key.utf8)
            }
            Self.write("{", "}", sorted, to: &text, depth: depth) { member, text, depth in
                Self.write(member.key, to: &text)
                text += depth == nil ? ":" : ": "
                member.value.write(to: &text, depth: depth)
            }
        }
    }

    private static func write<Element>(
        _ open: String, _ close: String, _ elements: [Element], to text: inout String, depth: Int?,
        _ body: (Element, inout String, Int?) -> Void
    ) {
        text += open
        for (place, element) in elements.enumerated() {
            if place > 0 { text += "," }
            if let depth { text += "\n" + String(repeating: "  ", count: depth + 1) }
            body(element, &text, depth.map { $0 + 1 })
        }
        if let depth, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: depth) }
        text += close
    }

    /// Escapes what a terminal does not show and what a CI runner would take as a command, so that
    /// a document is safe to print.
    private static func write(_ string: String, to text: inout String) {
        text += "\""
        let scalars = Array(string.unicodeScalars)
        let places = Set(RunnerCommand.places(in: scalars))
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                if Visible.isHidden(scalar) || places.contains(index) {
                    text += Visible.jsonEscape(scalar)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
