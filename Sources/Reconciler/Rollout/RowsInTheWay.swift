import Diff
import Schema

/// Asks the rows, right before a step of several statements begins, whether one of them would fail.
///
/// A server commits each DDL statement by itself: when a later one fails, the earlier ones stay. So
/// all questions are asked before the first statement, and none runs where one would fail. A step
/// of one statement needs no question: the server refuses it as a whole.
enum RowsInTheWay {
    /// The questions of a step about rows that would make one of its statements fail.
    static func questions(of step: PlanStep) -> [DataQuestion] {
        guard step.statements.count > 1 else { return [] }
        return step.findings.compactMap(\.refusingQuestion)
    }

    /// Why no statement of the step may start; nil where no row is in the way.
    static func refusal(of step: PlanStep, on port: any ShardPort) throws(ShardFailure) -> String? {
        let none =
            "none of the \(Count.of(step.statements.count, "statement")) was started, as the server "
            + "commits each by itself"
        for question in questions(of: step) {
            switch try port.ask(question) {
            case .clear: continue
            case .inTheWay:
                return "rows are in the way (\(question.sought)): \(none); look: \(question.look)"
            case .notKnown(let reason):
                return "it is not known whether rows are in the way (\(question.sought)): "
                    + "\(reason); \(none): make this part of the change in a commit of its own, "
                    + "or switch the questions off (policy.probe)"
            }
        }
        return nil
    }
}
