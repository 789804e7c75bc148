import Execution
import Foundation
import Reports
import Supervision
import Views

/// Tells the manager that started a daemon or a worker as a service what becomes of its loops.
final class ServiceNotices: @unchecked Sendable {
    // Sendable because `progress` is only used under `sending`.

    private let manager: ServiceManager
    private let watchdog: Watchdog?
    private var progress = ServiceProgress()
    /// Held while a message is sent, too: the manager has to hear of a reload before its end.
    private let sending = NSLock()

    /// Nil where no manager listens.
    ///
    /// - Parameter late: called with the environments whose loops begin to stand still.
    init?(
        _ environment: [String: String], pulse: LoopPulse,
        late: @escaping @Sendable ([String]) -> Void
    ) {
        guard let manager = ServiceManager(environment: environment) else { return nil }
        self.manager = manager
        watchdog = Watchdog(manager, pulse: pulse) { loops in
            late(loops)
            manager.tell([.status("standing still: " + loops.joined(separator: ", "))])
        }
    }

    /// - Parameter environment: whose loop tells the event; nil for the process as a whole.
    func note(_ environment: String?, _ event: ReconcileEvent) {
        let loop = environment ?? "plumb"
        sending.withLock {
            switch event {
            case .passed(_, let report):
                manager.tell(progress.passed(loop, report.exitStatus.label))
            case .working: manager.tell(progress.passed(loop, "works"))
            case .standingBy(let message):
                manager.tell(progress.passed(loop, Visible.line("stands by: \(message)")))
            case .failed(_, let message, _):
                manager.tell(progress.failed(loop, Visible.line("failed: \(message)")))
            case .gone(let message):
                manager.tell(progress.failed(loop, Visible.line("gone: \(message)")))
            case .ending(let reason): manager.tell(progress.stopping(reason))
            case .started, .rollout, .assisting, .reading, .assistanceFailed, .standingStill,
                .pausing, .ended:
                break
            }
        }
    }

    /// Why a process that makes no passes cannot begin; it tries again.
    func noteFault(_ loop: String, _ message: String) {
        sending.withLock {
            _ = manager.tell(progress.failed(loop, Visible.line("failed: \(message)")))
        }
    }

    /// A pass of every loop was asked for.
    func noteReload() {
        let time = UInt64(LoopPulse.monotonicSeconds() * 1e6)
        sending.withLock { _ = manager.tell(progress.reloading(at: time)) }
    }
}
