import Foundation

/// The path of an endpoint: `/rollouts/{rollout}/stop`, where `{rollout}` stands for one segment.
package struct PathTemplate: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let segments: [Segment]

    private enum Segment: Hashable {
        case word(String)
        case parameter(String)
    }

    package init(_ text: String) {
        description = text
        segments = text.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .word(String(part))
        }
    }

    /// The values of its parameters in a path; nil where the path is another one.
    ///
    /// - Parameter path: the segments, each decoded already.
    package func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, text) in zip(segments, path) {
            switch segment {
            case .word(let word):
                guard word == text else { return nil }
            case .parameter(let name):
                guard !text.isEmpty else { return nil }
                values[name] = text
            }
        }
        return values
    }

    /// The path with these values, each percent-encoded; `-` stands for one that is not there.
    package func filled(_ values: [String: String]) -> String {
        segments.map { segment in
            switch segment {
            case .word(let word): "/" + word
            case .parameter(let name): "/" + PercentEncoding.encode(values[name] ?? "-")
            }
        }.joined()
    }
}

/// Texts in paths and queries of URLs (RFC 3986).
package enum PercentEncoding {
    /// The text with everything encoded but letters, digits and `-._~`.
    package static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let letter = Character(Unicode.Scalar(byte))
            let isPlain = letter.isASCII && (letter.isLetter || letter.isNumber)
            guard !isPlain, !"-._~".utf8.contains(byte) else { return String(letter) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// The text that was encoded; nil where it was not, or is no UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let digits = String(bytes: rest.prefix(2), encoding: .utf8),
                digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
