extension JSONValue {
    /// SQL that makes exactly this value.
    ///
    /// Text where that keeps all kinds; otherwise what is in it is put together by the server's
    /// functions, which keep a DECIMAL or a DATE what it is.
    var literal: String {
        isPlain ? "_utf8mb4 x'\(Hexadecimal.text(Array(text.utf8)))'" : expression
    }

    /// Whether reading the text back gives the same value.
    private var isPlain: Bool {
        switch self {
        case .null, .bool, .signed, .unsigned, .double, .string: true
        case .decimal, .temporal, .opaque: false
        case .array(let elements): elements.allSatisfy(\.isPlain)
        case .object(let members): members.allSatisfy(\.value.isPlain)
        }
    }

    /// A value that stands by itself in a JSON column.
    private var expression: String {
        switch self {
        case .array, .object: part
        default: "CAST(\(part) AS JSON)"
        }
    }

    /// A value as an argument of `JSON_ARRAY` or `JSON_OBJECT`.
    private var part: String {
        switch self {
        case .null: return "NULL"
        case .bool(let value): return value ? "true" : "false"
        case .signed(let number): return "\(number)"
        case .unsigned(let number): return "\(number)"
        case .double(let number): return BinlogValue.literal(of: number)
        case .string(let string): return Self.literal(of: string)
        case .decimal(let digits): return digits
        case .temporal(let value):
            let type =
                switch value.kind {
                case .date: "DATE"
                case .time: "TIME(6)"
                case .datetime, .timestamp: "DATETIME(6)"
                }
            return "CAST('\(value.text)' AS \(type))"
        case .opaque(_, let bytes): return "x'\(Hexadecimal.text(bytes))'"
        case .array(let elements):
            return "JSON_ARRAY(\(elements.map(\.part).joined(separator: ", ")))"
        case .object(let members):
            let parts = members.map { "\(Self.literal(of: $0.key)), \($0.value.part)" }
            return "JSON_OBJECT(\(parts.joined(separator: ", ")))"
        }
    }

    private static func literal(of string: String) -> String {
        "_utf8mb4 x'\(Hexadecimal.text(Array(string.utf8)))'"
    }
}
