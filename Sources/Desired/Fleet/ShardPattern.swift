/// A text with ranges: `commerce_{00..ff}`, `db-{0..3}.internal`.
///
/// A range is hexadecimal if a bound has a letter, else decimal. If both bounds have the same width
/// and one begins with a zero, all numbers get that width. Of several ranges all combinations are
/// made; the last range changes fastest.
struct ShardPattern {
    struct Fault: Error, Equatable {
        let message: String
    }

    private enum Piece {
        case text(String)
        case range(Range)
    }

    struct Range {
        let first: Int
        let last: Int
        let width: Int
        let radix: Int
        let isUppercase: Bool

        var count: Int { last - first + 1 }

        func text(_ number: Int) -> String {
            let digits = String(number, radix: radix, uppercase: isUppercase)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }

    private let pieces: [Piece]
    /// The number of texts that the pattern stands for.
    let count: Int

    /// The largest allowed number.
    static let limit = 100_000

    init(_ text: String) throws(Fault) {
        var pieces: [Piece] = []
        var count = 1
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw Fault(message: "`\(text)` has a brace without its partner")
            }
            if rest.startIndex < open { pieces.append(.text(String(rest[..<open]))) }
            let range = try Self.range(rest[rest.index(after: open)..<close], in: text)
            count *= range.count
            guard count <= Self.limit else {
                throw Fault(message: "`\(text)` stands for more than \(Self.limit) names")
            }
            pieces.append(.range(range))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
        self.count = count
    }

    /// All texts, in their order.
    func expanded() -> [String] {
        var texts = [""]
        for piece in pieces {
            switch piece {
            case .text(let text): texts = texts.map { $0 + text }
            case .range(let range):
                let numbers = (range.first...range.last).map(range.text)
                texts = texts.flatMap { text in numbers.map { text + $0 } }
            }
        }
        return texts
    }

    private static func range(_ text: Substring, in pattern: String) throws(Fault) -> Range {
        guard let dots = text.firstRange(of: "..") else {
            throw Fault(message: "`{\(text)}` in `\(pattern)` is not a range like `{00..ff}`")
        }
        let (low, high) = (text[..<dots.lowerBound], text[dots.upperBound...])
        let letters = (low + high).filter(\.isLetter)
        let isUppercase = letters.contains(where: \.isUppercase)
        guard !isUppercase || letters.allSatisfy(\.isUppercase) else {
            throw Fault(message: "`{\(text)}` in `\(pattern)` mixes upper and lower case")
        }
        let radix = letters.isEmpty ? 10 : 16
        guard low.count <= 8, high.count <= 8, let first = number(low, radix: radix),
            let last = number(high, radix: radix)
        else {
            throw Fault(message: "`{\(text)}` in `\(pattern)` is not a range of numbers")
        }
        guard first <= last else {
            throw Fault(message: "`{\(text)}` in `\(pattern)` runs backwards")
        }
        let isPadded = [low, high].contains { $0.hasPrefix("0") && $0.count > 1 }
        guard !isPadded || low.count == high.count else {
            throw Fault(message: "`{\(text)}` in `\(pattern)` pads its bounds to different widths")
        }
        return Range(
            first: first, last: last, width: isPadded ? low.count : 0, radix: radix,
            isUppercase: isUppercase)
    }

    private static func number(_ digits: Substring, radix: Int) -> Int? {
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
        else { return nil }
        return Int(digits, radix: radix)
    }
}
