import Model
import Reports
import Schema

/// The shards of a rollout by what is done to a table and by how far that is.
enum GroupFacts {
    /// The most lines of either kind.
    private static let most = 8

    /// One line for each table and variant: `app.orders 740c → fd1a: done s0, running s2`. None for
    /// a rollout that is done everywhere.
    static func lines(of report: RolloutReport) -> [String] {
        guard report.groups.contains(where: { $0.state != .completed }) else { return [] }
        let names = DigestNames(report.groups.flatMap { [$0.from, $0.to].compactMap(\.self) })
        var order: [Variant] = []
        var parts: [Variant: [String: [String]]] = [:]
        for group in report.groups {
            let variant = Variant(
                table: group.object.label(in: group.namespace), from: group.from, to: group.to)
            if parts[variant] == nil { order.append(variant) }
            let word = word(group.state, isTakenBack: report.takenBack != nil)
            parts[variant, default: [:]][word, default: []] += group.shards
        }
        let lines = order.map { variant in
            let states = words.compactMap { word in
                parts[variant]?[word].map { "\(word) \(ShardNames.compact($0))" }
            }
            return "\(variant.table) \(names.move(from: variant.from, to: variant.to)): "
                + states.joined(separator: ", ")
        }
        return cut(lines, "table or variant")
    }

    /// One line for each operation under way, the oldest first.
    static func active(of report: RolloutReport) -> [String] {
        let lines = report.active.map { active in
            let state = active.state.label.split(separator: "_").joined(separator: " ")
            let since = active.since.map { " since \($0)" } ?? ""
            let message = active.message.map { ": \($0)" } ?? ""
            return "▸ \(active.key.object.label(in: active.key.namespace)) on \(active.key.shard) "
                + "\(state)\(since)\(message)"
        }
        return cut(lines, "operation under way")
    }

    private struct Variant: Hashable {
        let table: String
        let from: Digest?
        let to: Digest?
    }

    private static func cut(_ lines: [String], _ what: String) -> [String] {
        guard lines.count > most else { return lines }
        let more = lines.count - most
        return lines.prefix(most) + ["… and \(more) more, each a \(what)"]
    }

    /// In the order in which they are shown.
    private static let words = [
        "failed", "running", "waiting", "done", "left", "never begin",
    ]

    private static func word(_ state: OperationState, isTakenBack: Bool) -> String {
        switch state {
        case .completed: "done"
        case .leased, .preparing, .running, .cuttingOver, .verifying: "running"
        case .pending, .waitingForCutover, .failedRetryable: "waiting"
        case .failed: "failed"
        case .superseded, .cancelled: isTakenBack ? "never begin" : "left"
        }
    }
}

extension RolloutReport {
    /// What is said of the whole, without the first failure where that is listed.
    var otherMessage: String? {
        guard let message else { return nil }
        let failures = troubles.filter { $0.state == .failed }.map { "\($0.key): \($0.message)" }
        if failures.contains(where: { $0.hasPrefix(message) }) { return nil }
        guard let first = failures.first(where: { message.hasPrefix($0) }) else { return message }
        let rest = message.dropFirst(first.count)
        return rest.hasPrefix("; ") ? String(rest.dropFirst(2)) : nil
    }
}
