import Diff

/// The answers of the shards' rows about a finding, as sentences.
enum ProbeWords {
    /// The sentences about one probe.
    ///
    /// - Parameter shardCount: how many shards the step has.
    static func lines(_ probe: DataProbe, shardCount: Int) -> [String] {
        var lines: [String] = []
        let sought = probe.question?.sought ?? ""
        func count(_ shards: [String]) -> String { ShardNames.count(shards.count, of: shardCount) }
        if !probe.inTheWay.isEmpty {
            lines.append(
                "rows in the way on \(ShardNames.compact(probe.inTheWay)) "
                    + "(\(count(probe.inTheWay))): \(sought)")
        }
        if !probe.clear.isEmpty {
            lines.append("no row in the way on \(count(probe.clear)): \(sought)")
        }
        for unanswered in probe.notAnswered {
            lines.append(
                "not known on \(ShardNames.compact(unanswered.shards)) "
                    + "(\(count(unanswered.shards))): \(unanswered.reason)")
        }
        if !probe.inTheWay.isEmpty || !probe.notAnswered.isEmpty, let question = probe.question {
            lines.append("look: \(question.look)")
        }
        if let reason = probe.notAsked { lines.append("rows not asked: \(reason)") }
        return lines
    }
}
