import Basics

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
