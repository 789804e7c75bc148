import Basics
import Execution
import Foundation
import Ledger
import Schema

/// The part that a loop has in the work of other loops on its environment: it is counted as a
/// worker, helps with what they offer, and makes its passes when it is its turn.
final class LoopAssistant: @unchecked Sendable {
    // Sendable because only the loop's thread uses it.

    private let hooks: PassHooks
    private let intervalSeconds: Double
    private let notify: @Sendable (Assistant.Event) -> Void
    private var assistant: Assistant?
    private var sharing: WorkSharing?
    private var presence: LedgerClaim?
    private let end = DispatchSemaphore(value: 0)

    init(
        hooks: PassHooks, intervalSeconds: Double,
        notify: @escaping @Sendable (Assistant.Event) -> Void
    ) {
        self.hooks = hooks
        self.intervalSeconds = intervalSeconds
        self.notify = notify
    }

    /// Goes on with the accounts and the ledger of a pass.
    func use(_ pass: PassContext) throws {
        guard hooks.shares else { return }
        let means = Assistant.Means(
            store: pass.store, access: pass.shardAccess, total: pass.context.concurrency.total,
            permissions: .init(directories: pass.request.operator?.allowsDataDirectory ?? false),
            mayChange: { [access = pass.context.access] server in
                (try? access.settings(server, .change)) != nil
            })
        let sharing = pass.context.sharing(of: pass.store)
        if sharing !== self.sharing || presence?.isSure == false {
            presence?.giveBack()
            presence = try sharing.appear(as: "daemon by \(pass.request.actor.name)")
        }
        guard sharing !== self.sharing else {
            assistant?.use(means)
            return
        }
        stop()
        self.sharing = sharing
        let assistant = Assistant(means, sharing: sharing, hooks: hooks, notify: notify)
        self.assistant = assistant
        let thread = Thread { [end] in
            assistant.run()
            end.signal()
        }
        thread.name = "plumb-assistant"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// For how long the next pass is left to the loop that has made the last one; nil where it is
    /// this one's turn. Who has made the last pass makes the next: it knows most.
    func turn(after pass: PassContext) throws(LedgerError) -> Double? {
        guard hooks.shares, let sharing,
            let last = try pass.store.ledger.lastLease(of: pass.environment.name),
            Self.isOfLoop(last.owner), !last.owner.hasSuffix(sharing.name.text)
        else { return nil }
        let left =
            1.5 * intervalSeconds - (try pass.store.ledger.now()).timeIntervalSince(last.taken)
        return left > 0 ? min(left, intervalSeconds) : nil
    }

    private static func isOfLoop(_ owner: String) -> Bool { owner.hasPrefix("daemon ") }

    /// Waits until nothing that it helps with is at work.
    func stop() {
        guard let assistant else { return }
        assistant.stop()
        end.wait()
        self.assistant = nil
    }

    /// The same, and is not there any more.
    func finish() {
        stop()
        presence?.giveBack()
        presence = nil
    }
}
