import Diff
import Schema

/// What rows say right before a step of several statements begins.
///
/// A server commits each statement by itself: where a later one fails, the earlier ones stay. So
/// all of them are asked about before the first one runs, and none runs where one would fail. A
/// step of one statement is refused whole by the server, and asks nothing.
enum RowsInTheWay {
    /// The questions of a step whose rows a statement does not take.
    static func questions(of step: PlanStep) -> [DataQuestion] {
        guard step.statements.count > 1 else { return [] }
        return step.findings.compactMap(\.refusingQuestion)
    }

    /// Why nothing of the step may begin; nil where no row stands in its way.
    static func of(_ step: PlanStep, on port: any ShardPort) throws(ShardFailure) -> String? {
        let none =
            "none of the \(Count.of(step.statements.count, "statement")) was started, as the server "
            + "keeps each by itself"
        for question in questions(of: step) {
            switch try port.ask(question) {
            case .clear: continue
            case .inTheWay:
                return "rows are in the way (\(question.sought)): \(none); look: \(question.look)"
            case .notKnown(let reason):
                return "nobody knows whether rows are in the way (\(question.sought)): \(reason); "
                    + "\(none): make this part of the change in a commit of its own, or switch the "
                    + "questions off (policy.probe)"
            }
        }
        return nil
    }
}
