import Reports
import Schema

/// A rollback that holds, for a terminal.
package enum RollbackText {
    /// What a rollback came to, for the command that asked for it.
    package struct Answer {
        package var rollout: String?
        /// Nil where only earlier rollbacks end.
        package var report: RollbackReport?
        /// The ids of the rollbacks that end.
        package var ended: [String]
        /// Shards that are left out, each with the reason.
        package var left: [(shards: String, reason: String)]
        /// How many operations never begin, and how many run and go on to their end.
        package var superseded: Int
        package var running: Int
        /// The approvals that do not count any more, each by its first digits.
        package var withdrawn: [String]
        /// The rollouts that cannot be read and were left aside, each with the reason.
        package var unread: [String: String] = [:]

        package init(
            rollout: String?, report: RollbackReport?, ended: [String],
            left: [(shards: String, reason: String)], superseded: Int, running: Int,
            withdrawn: [String] = []
        ) {
            self.rollout = rollout
            self.report = report
            self.ended = ended
            self.left = left
            self.superseded = superseded
            self.running = running
            self.withdrawn = withdrawn
        }

        /// One line for people.
        package var headline: String {
            let rollout = rollout ?? "unknown"
            guard let report else {
                return "rollout \(rollout) is taken back: rollback "
                    + "\(ended.joined(separator: ", ")) ends, and git's state is wanted again"
            }
            return "rollout \(rollout) is taken back: rollback \(report.id) holds"
        }

        /// The same where a rollback was given up.
        package var endHeadline: String {
            guard let rollout else {
                return "every rollback ends, as none could be read: git's state is wanted again"
            }
            return
                "rollback \(ended.joined(separator: ", ")) of rollout \(rollout) ends: git's state is "
                + "wanted again"
        }
    }

    /// The same where a rollback was given up.
    package static func endText(
        _ answer: Answer, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        page.line(Span(answer.endHeadline, .strong))
        if !answer.withdrawn.isEmpty {
            page.prose(
                "approvals of the way back do not count any more: "
                    + answer.withdrawn.joined(separator: ", "), indent: 2, hanging: 4)
        }
        return page.text
    }

    package static func text(
        _ answer: Answer, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        page.line(Span(answer.headline, .strong))
        if let report = answer.report { details(of: report, to: &page) }
        if answer.report != nil, !answer.ended.isEmpty {
            page.prose(
                "rollback \(answer.ended.joined(separator: ", ")) ends with it", indent: 2,
                hanging: 4)
        }
        let counts = [
            answer.superseded > 0
                ? "\(Count.of(answer.superseded, "operation")) that had not begun never will" : nil,
            answer.running > 0
                ? "\(Count.of(answer.running, "operation")) that runs goes on to its end, and the "
                    + "plan back comes then" : nil,
        ].compactMap(\.self)
        for words in counts { page.prose(words, indent: 2, hanging: 4) }
        for left in answer.left {
            page.prose("left out: \(left.shards): \(left.reason)", .warning, indent: 2, hanging: 4)
        }
        for (id, reason) in answer.unread.sorted(by: { $0.key < $1.key }) {
            page.prose(
                "rollout \(id) cannot be read and was left aside: \(reason)", .warning, indent: 2,
                hanging: 4)
        }
        return page.text
    }

    /// What `plumb status` says.
    static func add(_ report: RollbackReport, to page: inout TextPage) {
        page.pair(
            [
                Span("Rollback \(report.id)", .strong),
                Span("  of rollout \(report.rollout)  holds"),
            ],
            [Span("since \(report.at)", .faint)])
        page.prose("by \(report.actor): \(report.reason)", indent: 2, hanging: 4)
        details(of: report, to: &page)
        page.line(
            Span("have git's state again with:  "),
            Span(
                NextCommand.endRollback(report.id, environment: report.environment), .strong),
            indent: 2)
    }

    private static func details(of report: RollbackReport, to page: inout TextPage) {
        page.prose(
            "as before on \(Count.of(report.shardCount, "shard")): "
                + report.objects.joined(separator: ", "), indent: 2, hanging: 4)
        for line in report.lost {
            page.prose("does not come back: \(line)", .warning, indent: 2, hanging: 4)
        }
        if !report.change.isEmpty {
            let shown = report.change.prefix(5).joined(separator: ", ")
            let more = report.change.count > 5 ? " and \(report.change.count - 5) more" : ""
            page.prose("git wants instead: \(shown)\(more)", .faint, indent: 2, hanging: 4)
        }
        if !report.withdrawn.isEmpty {
            page.prose(
                "approvals from before it do not count any more: "
                    + report.withdrawn.joined(separator: ", "), indent: 2, hanging: 4)
        }
    }
}
