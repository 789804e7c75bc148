@testable import Views

/// The way back from what people are shown, so that nothing can get lost on the way there.
extension ShardNames {
    /// Reads what `compact` wrote: the names, sorted; nil for anything else.
    static func expand(_ text: String) -> [String]? {
        var rest = Array(text.unicodeScalars)[...]
        var names: [String] = []
        while !rest.isEmpty {
            guard let part = rest.first == "\"" ? quoted(&rest) : plain(&rest) else { return nil }
            names += part
            if rest.isEmpty { break }
            guard rest.popFirst() == ",", rest.popFirst() == " ", !rest.isEmpty else { return nil }
        }
        return names.sorted()
    }

    private typealias Scalars = ArraySlice<Unicode.Scalar>

    private static func quoted(_ rest: inout Scalars) -> [String]? {
        rest.removeFirst()
        var name = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return [String(name)]
            case "\\":
                guard let escaped = escape(&rest) else { return nil }
                name.append(escaped)
            default: name.append(scalar)
            }
        }
        return nil
    }

    private static func escape(_ rest: inout Scalars) -> Unicode.Scalar? {
        guard let kind = rest.popFirst() else { return nil }
        guard kind == "u" else { return kind == "\"" || kind == "\\" ? kind : nil }
        guard rest.popFirst() == "{", let close = rest.firstIndex(of: "}") else { return nil }
        let digits = string(rest[..<close])
        rest = rest[(close + 1)...]
        return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    }

    /// A name, or a group with one pair of braces.
    private static func plain(_ rest: inout Scalars) -> [String]? {
        var depth = 0
        let end =
            rest.firstIndex { scalar in
                if scalar == "{" { depth += 1 }
                if scalar == "}" { depth -= 1 }
                return scalar == "," && depth == 0
            } ?? rest.endIndex
        let item = rest[..<end]
        guard !item.isEmpty else { return nil }
        rest = rest[end...]
        guard let open = item.firstIndex(of: "{") else { return [string(item)] }
        guard let close = item.firstIndex(of: "}"), close > open else { return nil }
        let inside = string(item[(open + 1)..<close])
        guard let numbers = numbers(inside) else { return nil }
        let prefix = string(item[..<open])
        let suffix = string(item[(close + 1)...])
        return numbers.map { prefix + $0 + suffix }
    }

    private static func numbers(_ text: String) -> [String]? {
        let radix = text.contains { $0.isLetter } ? 16 : 10
        var result: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let dots = part.firstRange(of: "..") else {
                result.append(String(part))
                continue
            }
            let first = part[..<dots.lowerBound]
            guard let low = UInt64(first, radix: radix),
                let high = UInt64(part[dots.upperBound...], radix: radix), low <= high
            else { return nil }
            result += (low...high).map { value in
                let digits = String(value, radix: radix)
                return String(repeating: "0", count: max(0, first.count - digits.count)) + digits
            }
        }
        return result
    }

    private static func string(_ scalars: Scalars) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
