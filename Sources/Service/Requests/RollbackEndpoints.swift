import Desired
import Model
import Reconciler
import Reports
import Schema
import Views

/// Rollouts that are taken back.
package enum RollbackEndpoints {
    package static let rollBack = Endpoint(
        "rollouts.rollback", .post, "/rollouts/{rollout}/rollback", .operate,
        summary: "take a rollout back: what was before it is wanted again",
        parameters: [.rollout, .reason], formats: [.text, .json], document: .other
    ) { try record($0, $1).answer }

    package static let end = Endpoint(
        "rollbacks.end", .post, "/rollbacks/{rollback}/end", .operate,
        summary: "give a rollback up: git's state is wanted again",
        parameters: [rollback, .reason], formats: [.text, .json], document: .other
    ) { try recordEnd($0, $1).answer }

    static let rollback = Parameter(
        "rollback", .text, in: .path, argument: "a rollout", word: "id",
        help: "the rollback, or the rollout that it is of; without it the only one that holds")

    /// A rollback that was recorded, or the end of one; the next pass plans it.
    package struct Recorded: Sendable {
        private let shown: RollbackText.Answer
        private let isEnd: Bool

        fileprivate init(
            _ answer: RollbackRequests.Answer, in environment: String, isEnd: Bool
        ) {
            shown = RollbackEndpoints.view(of: answer, in: environment)
            self.isEnd = isEnd
        }

        package func text(_ presentation: Presentation) -> String {
            let (width, style) = (presentation.width, presentation.style)
            let text =
                isEnd
                ? RollbackText.endText(shown, width: width, style: style)
                : RollbackText.text(shown, width: width, style: style)
            return text + "\n"
        }

        /// - Parameter plan: the plan back; nil where the next pass makes it.
        package func json(_ plan: PlanReport?) -> String {
            JSONView.rollback(shown, isEnd: isEnd, plan: plan) + "\n"
        }

        fileprivate var answer: Answer {
            Answer(formats: [.text, .json]) { format, presentation in
                format == .json ? json(nil) : text(presentation)
            }
        }
    }

    /// Takes a rollout back.
    package static func record(
        _ asked: Parameters, _ session: ServiceSession
    ) throws -> Recorded {
        let answer = try requests(session).rollBack(
            asked.text(.rollout), reason: try asked.required(.reason))
        return Recorded(answer, in: session.ledger.environment.name, isEnd: false)
    }

    /// Gives a rollback up.
    package static func recordEnd(
        _ asked: Parameters, _ session: ServiceSession
    ) throws -> Recorded {
        let answer = try requests(session).end(
            asked.text(rollback), reason: try asked.required(.reason))
        return Recorded(answer, in: session.ledger.environment.name, isEnd: true)
    }

    private static func requests(_ session: ServiceSession) -> RollbackRequests {
        let fleet = session.ledger.fleet
        let listed = Set(fleet.listedShards(of: session.ledger.environment).map(\.id))
        return RollbackRequests(store: session.ledger.store) { shard in
            // Shards that are discovered on their servers are not known here.
            fleet.listsAllShards(of: shard.namespace) && !listed.contains(shard)
        }
    }

    private static func view(
        of answer: RollbackRequests.Answer, in environment: String
    ) -> RollbackText.Answer {
        let left = Dictionary(grouping: answer.left, by: \.value)
        var shown = RollbackText.Answer(
            rollout: answer.rollout,
            report: answer.record.map { RollbackReport($0, environment: environment) },
            ended: answer.ended.map(\.id),
            left: left.map { reason, shards in
                (ShardNames.compact(shards.map { "\($0.key)" }), reason)
            }.sorted { $0.shards < $1.shards },
            superseded: answer.superseded, running: answer.running,
            withdrawn: answer.withdrawn.map(\.short))
        shown.unread = answer.unread
        return shown
    }
}
