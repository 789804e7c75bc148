import Basics
import Console
import Desired
import Foundation
import Notifications
import Reconciler
import Reports

/// Whom a daemon tells of what happens, where the operator's file names somebody.
struct DaemonNews: Sendable {
    private let notifier: Notifier

    /// Nil where nobody is to be told. Throws where a target's URL or secret is of no use.
    ///
    /// - Parameter state: counts what was told; nil where nobody asks over HTTP.
    init?(
        _ request: PassRequest, _ variables: [String: String], _ log: EventLog,
        _ state: DaemonState?
    ) throws {
        guard let targets = request.operator?.notifications, !targets.isEmpty else { return nil }
        guard request.scope.namespaces == nil, request.scope.shards.isEmpty else {
            // What lies outside would seem to be well.
            log.write(
                "notifications", .warning,
                ["message": "nobody is told: this daemon sees a part of each environment only"])
            return nil
        }
        notifier = try Notifier(targets, variables: variables) { happening in
            state?.note(happening)
            Self.tell(happening, log)
        }
    }

    func began(_ session: LedgerSession) { notifier.began(session) }

    func compared(_ fleet: FleetReport) { notifier.compared(fleet) }

    func note(_ event: ReconcileEvent, of environment: String?, at time: Timestamp) {
        guard case .passed(_, let report) = event, let environment else { return }
        notifier.passed(report, of: environment, at: time)
    }

    func stop() { notifier.stop() }

    private static func tell(_ happening: Notifier.Happening, _ log: EventLog) {
        switch happening {
        case .told(let target, let message):
            log.write(
                "notified", .info,
                [
                    "target": target, "id": message.id, "what": message.event.rawValue,
                    "message": message.text,
                ], of: message.environment)
        case .failed(let target, let environment, let fault, let seconds, let isNew):
            log.write(
                "notification-failed", isNew ? .warning : .debug,
                [
                    "target": target, "message": fault,
                    "again": "\(Int(seconds.rounded()))s",
                ], of: environment)
        }
    }
}

extension DaemonState {
    fileprivate func note(_ happening: Notifier.Happening) {
        switch happening {
        case .told(let target, _): noteNotification(to: target, arrived: true)
        case .failed(let target, _, _, _, _): noteNotification(to: target, arrived: false)
        }
    }
}
