/// What the shards' rows said about one finding.
///
/// Rows may come before the statement runs: a finding keeps its hazard even where no row is in the
/// way now.
package struct DataProbe: Hashable, Sendable, Codable {
    /// Nil where nothing was asked.
    package var question: DataQuestion?
    /// Why nothing was asked; nil where something was.
    package var notAsked: String?
    /// Shards, sorted, on which no row is in the way.
    package var clear: [String]
    /// Shards, sorted, on which at least one row is in the way.
    package var inTheWay: [String]
    /// Shards that gave no answer: nothing is known of them.
    package var notAnswered: [Unanswered]

    package struct Unanswered: Hashable, Sendable, Codable {
        package var reason: String
        /// Sorted.
        package var shards: [String]

        package init(reason: String, shards: [String]) {
            self.reason = reason
            self.shards = shards.sorted()
        }
    }

    /// A question that no shard was asked yet.
    package init(_ question: DataQuestion) {
        self.question = question
        notAsked = nil
        clear = []
        inTheWay = []
        notAnswered = []
    }

    package init(notAsked reason: String) {
        question = nil
        notAsked = reason
        clear = []
        inTheWay = []
        notAnswered = []
    }

    /// What one shard said.
    package enum Answer: Hashable, Sendable {
        case clear
        case inTheWay
        /// With the reason.
        case notAnswered(String)
    }

    /// Takes the answers of all shards, by name.
    package mutating func take(_ answers: [String: Answer]) {
        var reasons: [String: [String]] = [:]
        clear = []
        inTheWay = []
        for (shard, answer) in answers {
            switch answer {
            case .clear: clear.append(shard)
            case .inTheWay: inTheWay.append(shard)
            case .notAnswered(let reason): reasons[reason, default: []].append(shard)
            }
        }
        clear.sort()
        inTheWay.sort()
        notAnswered = reasons.map { Unanswered(reason: $0.key, shards: $0.value) }
            .sorted { $0.reason < $1.reason }
    }
}
