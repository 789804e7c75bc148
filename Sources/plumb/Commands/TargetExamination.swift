import Desired
import Doctor
import Notifications
import Schema

/// Checks that those whom a daemon is to tell can be told: nobody is.
struct TargetExamination {
    /// The operator's file that names them.
    let rules: Operator
    /// The environment of the process.
    let variables: [String: String]

    var checks: [DoctorReport.Check] {
        rules.notifications.flatMap { target in
            let subject = "notifications: \(target.name)"
            if let fault = Notifier.fault(of: target, variables: variables) {
                return [
                    DoctorReport.Check(
                        .operator, subject, .failed, fault.fault, remedy: fault.remedy)
                ]
            }
            return strangers(target, subject) + [
                DoctorReport.Check(
                    .operator, subject, target.secret == nil ? .warning : .ok,
                    "hears of \(Count.of(target.events.count, "kind")) of event"
                        + (target.secret == nil
                            ? ", unsigned: whoever finds its URL can tell it what he likes" : ""),
                    remedy: target.secret == nil
                        ? "give it a secret, if it can verify signatures" : nil)
            ]
        }
    }

    /// Environments that it should hear of, and that there are not.
    private func strangers(
        _ target: NotificationTarget, _ subject: String
    ) -> [DoctorReport.Check] {
        guard let wanted = target.environments else { return [] }
        return wanted.subtracting(rules.environments.keys).sorted().map { name in
            DoctorReport.Check(
                .operator, subject, .warning,
                "it is to hear of `\(name)`, which is no environment of the operator's file",
                remedy: "correct its `environments`")
        }
    }
}
