import Foundation
import Schema

/// What is asked of the shards of a wave before the next one begins: `policy.rollout.health`.
package struct HealthCheck: Hashable, Sendable {
    package enum Question: Hashable, Sendable {
        /// One `SELECT`; the first value of its first row is the answer.
        case query(String, expected: Expectation)
        /// A program as an absolute path, and its arguments, never empty: its exit status is the
        /// answer. How long it may take is in seconds.
        case command([String], limitSeconds: Int)
    }

    package let question: Question
    /// The time between two questions while the wave bakes, in seconds.
    package let eachSeconds: Int
    /// Where the fleet file has it; nil for one that is in none.
    package internal(set) var location: SourceLocation?

    static let standardEachSeconds = 30
    /// How long a program may take where `timeout` is not given, and at most.
    static let standardLimitSeconds = 10
    static let mostLimitSeconds = 300

    package init(_ question: Question, eachSeconds: Int) {
        self.question = question
        self.eachSeconds = eachSeconds
    }

    /// A comparison with a value: `= 0`, `<= 5`, `!= down`.
    package struct Expectation: Hashable, Sendable, CustomStringConvertible {
        package enum Comparison: String, Hashable, Sendable, CaseIterable {
            case atMost = "<="
            case atLeast = ">="
            case not = "!="
            case equal = "="
            case less = "<"
            case greater = ">"
        }

        package let comparison: Comparison
        package let value: String

        /// Nil where the text is no comparison; an order is one of numbers.
        package init?(_ text: String) {
            let text = text.trimmingCharacters(in: .whitespaces)
            guard let comparison = Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) })
            else { return nil }
            let value = text.dropFirst(comparison.rawValue.count)
                .trimmingCharacters(in: .whitespaces)
            guard !value.isEmpty else { return nil }
            let isOrder = comparison != .equal && comparison != .not
            guard !isOrder || Self.number(value) != nil else { return nil }
            self.comparison = comparison
            self.value = value
        }

        package var description: String { "\(comparison.rawValue) \(value)" }

        /// Whether an answer is as expected: two numbers are compared as numbers, anything else as
        /// text. NULL, and what is no number where an order is expected, never is.
        package func isMet(by answer: String?) -> Bool {
            guard let answer else { return false }
            guard let left = Self.number(answer), let right = Self.number(value) else {
                switch comparison {
                case .equal: return answer == value
                case .not: return answer != value
                case .less, .greater, .atMost, .atLeast: return false
                }
            }
            return switch comparison {
            case .equal: left == right
            case .not: left != right
            case .less: left < right
            case .greater: left > right
            case .atMost: left <= right
            case .atLeast: left >= right
            }
        }

        /// The number that the whole text is.
        private static func number(_ text: String) -> Decimal? {
            let isNumber =
                !text.isEmpty
                && text.utf8.allSatisfy { (0x30...0x39).contains($0) || "-+.eE".utf8.contains($0) }
            return isNumber ? Decimal(string: text) : nil
        }
    }
}
