import Schema

/// A YAML document as a tree whose nodes know their places.
package struct YAMLNode: Sendable {
    /// The value of a node.
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order written; keys are unique.
        case mapping([YAMLEntry])
    }

    package let content: Content
    package let location: SourceLocation

    /// The type of the node, in words for errors.
    package var kind: String {
        switch content {
        case .scalar(let scalar): scalar.value.kind
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One `key: value` of a mapping.
package struct YAMLEntry: Sendable {
    package let key: String
    package let keyLocation: SourceLocation
    package let value: YAMLNode
}

/// A scalar with its text as written and its value by the YAML 1.2 core schema.
package struct YAMLScalar: Hashable, Sendable {
    package let text: String
    /// Whether the text is quoted or a block, which makes it a string.
    package let isQuoted: Bool
    package let value: YAMLValue
}

/// A scalar's value by the YAML 1.2 core schema, in which `no` and `on` are strings.
package enum YAMLValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)

    var kind: String {
        switch self {
        case .null: "nothing"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        }
    }

    /// Reads a plain scalar: <https://yaml.org/spec/1.2.2/#103-core-schema>.
    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        case ".nan", ".NaN", ".NAN": self = .number(.nan)
        default: self = Self.numeric(text) ?? .string(text)
        }
    }

    private static func numeric(_ text: String) -> YAMLValue? {
        if text.hasPrefix("0o") { return integer(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return integer(text.dropFirst(2), radix: 16) }
        let sign = text.hasPrefix("-") ? -1.0 : 1.0
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if [".inf", ".Inf", ".INF"].contains(digits) { return .number(sign * .infinity) }
        if !digits.isEmpty, digits.utf8.allSatisfy(isDigit) {
            return Int(text).map(YAMLValue.integer) ?? Double(text).map(YAMLValue.number)
        }
        return isFloat(digits) ? Double(text).map(YAMLValue.number) : nil
    }

    /// Digits without a sign; an integer that is too large becomes a number.
    private static func integer(_ digits: Substring, radix: Int) -> YAMLValue? {
        guard !digits.hasPrefix("-"), !digits.hasPrefix("+") else { return nil }
        return Int(digits, radix: radix).map(YAMLValue.integer)
    }

    /// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; Swift's own parser accepts more.
    private static func isFloat(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        let whole = skipDigits(&rest)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = skipDigits(&rest)
        }
        guard whole + fraction > 0 else { return false }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
                rest.removeFirst()
            }
            guard skipDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func skipDigits(_ rest: inout Substring.UTF8View) -> Int {
        let digits = rest.prefix(while: isDigit)
        rest.removeFirst(digits.count)
        return digits.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
