import Desired
import Execution
import Foundation
import Model
import Reports

/// The loops of one process, one for each environment: each has passes, sessions and back-offs of
/// its own, so that a rollout of one keeps no other waiting.
package final class EnvironmentLoops: Sendable {
    /// What a loop of an environment tells; nil stands for the process as a whole.
    package typealias Notify = @Sendable (_ environment: String?, ReconcileEvent) -> Void

    private let request: PassRequest
    private let settings: Daemon.Settings
    private let hooks: @Sendable (_ environment: String, Interrupt) -> PassHooks
    private let notify: Notify
    private let pulse: LoopPulse
    private let classify: Daemon.Classify
    private let began: @Sendable (LedgerSession) -> Void
    private let state = Lock(State())
    private let loops = DispatchGroup()

    private struct State {
        var interrupts: [String: Interrupt] = [:]
        /// The environments of which a pass is asked that is not begun yet.
        var called: Set<String> = []
        var isEnding = false
    }

    /// - Parameters:
    ///   - pulse: gets the signs of life of each loop, by the name of its environment.
    ///   - hooks: those of an environment's passes, with the interrupt of its loop.
    ///   - began: called with the source and the ledger of each pass.
    package init(
        request: PassRequest, settings: Daemon.Settings, pulse: LoopPulse = LoopPulse(),
        notify: @escaping Notify,
        classify: @escaping Daemon.Classify,
        hooks: @escaping @Sendable (_ environment: String, Interrupt) -> PassHooks,
        began: @escaping @Sendable (LedgerSession) -> Void = { _ in }
    ) {
        self.began = began
        self.request = request
        self.settings = settings
        self.pulse = pulse
        self.notify = notify
        self.classify = classify
        self.hooks = hooks
    }

    /// Runs until ``end()``: the named environments, or all that the fleet file has, also those
    /// that it gets later.
    package func run(_ environments: [String], until interrupt: Interrupt) {
        if environments.isEmpty {
            guard let fleet = firstFleet(until: interrupt) else { return }
            start(fleet.environments.map(\.name), finding: true)
        } else {
            start(environments, finding: false)
        }
        while interrupt.wait(seconds: 3_600) {
            guard interrupt.wasWoken else { continue }
            for loop in state.withLock({ Array($0.interrupts.values) }) { loop.wake() }
        }
        end()
    }

    /// The fleet, as soon as it can be read.
    private func firstFleet(until interrupt: Interrupt) -> Fleet? {
        var failures = 0
        defer { pulse.end(Self.fleetLoop) }
        while !interrupt.isRaised {
            pulse.beat(Self.fleetLoop)
            do {
                return try TrustedSource.open(request).fleet
            } catch {
                failures += 1
                let (message, status) = classify(error)
                notify(nil, .failed(number: failures, message: message, status: status))
            }
            let pause = Daemon.pause(
                interval: settings.intervalSeconds, failures: failures,
                jitter: Double.random(in: -1...1))
            notify(nil, .pausing(seconds: pause))
            pulse.beat(Self.fleetLoop, within: pause)
            guard interrupt.wait(seconds: pause) else { break }
        }
        return nil
    }

    /// Starts the loops of those of `names` that have none.
    private func start(_ names: [String], finding: Bool) {
        for name in names {
            let interrupt = Interrupt()
            let isNew = state.withLock { state in
                guard !state.isEnding, state.interrupts[name] == nil else { return false }
                state.interrupts[name] = interrupt
                return true
            }
            if isNew { start(name, interrupt, finding: finding) }
        }
    }

    private func start(_ name: String, _ interrupt: Interrupt, finding: Bool) {
        var request = request
        request.scope.environment = name
        let daemon = Daemon(
            request: request, hooks: listened(hooks(name, interrupt), of: name),
            settings: settings,
            notify: { [notify] in notify(name, $0) },
            found: { [weak self] fleet in
                if finding { self?.start(fleet.environments.map(\.name), finding: true) }
            }, began: began)
        loops.enter()
        pulse.beat(name)
        let thread = Thread { [loops, classify, pulse] in
            daemon.run(classify: classify)
            pulse.end(name)
            loops.leave()
        }
        thread.name = "plumb-\(name)"
        // As much as the first thread has: passes recurse into expressions.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Lets the loop of an environment make its next pass at once, as something was asked of it.
    package func wake(_ environment: String) {
        state.withLock { $0.interrupts[environment] }?.nudge()
    }

    /// Lets every loop make its next pass at once, also where the last one was another process's.
    ///
    /// However often it is called while a pass is made, one pass comes after it.
    package func callAll() {
        let interrupts = state.withLock { state in
            state.called.formUnion(state.interrupts.keys)
            return Array(state.interrupts.values)
        }
        for interrupt in interrupts { interrupt.nudge() }
    }

    /// Hooks with which each stage and each wait of a loop is a sign of life.
    private func listened(_ hooks: PassHooks, of name: String) -> PassHooks {
        var own = hooks
        own.stage = { [pulse] stage in
            pulse.beat(name)
            hooks.stage(stage)
        }
        own.takeCall = { [weak self] in
            self?.state.withLock { $0.called.remove(name) != nil } ?? false
        }
        own.lasting = { [pulse] seconds in
            pulse.beat(name, within: seconds)
            hooks.lasting(seconds)
        }
        return own
    }

    /// What looks for the first fleet is called among the loops; no environment is.
    private static let fleetLoop = ""

    /// Lets every loop end its pass, and waits for that.
    private func end() {
        let interrupts = state.withLock { state in
            state.isEnding = true
            return Array(state.interrupts.values)
        }
        for interrupt in interrupts { interrupt.raise() }
        loops.wait()
    }
}
