import Basics
import Desired
import Execution
import Git
import Ledger
import Model
import MySQLClient
import Reports
import Schema

/// The reconcile loop: runs a pass, waits, and repeats until it is interrupted.
package struct Daemon {
    /// The settings of the loop.
    package struct Settings: Sendable {
        /// The time between two passes, in seconds.
        package var intervalSeconds: Double
        /// For how long a pass waits for the rollouts that it drives, in seconds, before the loop
        /// goes on with the next one; nil where it waits until they need nothing more.
        package var patienceSeconds: Double?
        /// After this many passes one reads every table in full, whatever the fingerprints say.
        package var exactEvery: Int

        package init(
            intervalSeconds: Double, exactEvery: Int, patienceSeconds: Double? = nil
        ) {
            self.intervalSeconds = intervalSeconds
            self.patienceSeconds = patienceSeconds
            self.exactEvery = max(1, exactEvery)
        }
    }

    /// How the loop makes its passes, and what it leaves to chance.
    package struct Passes: Sendable {
        /// Opens a pass; the context is that of the one before, nil for the first.
        package var open:
            @Sendable (PassRequest, PassHooks, ReconcileContext?) throws -> PassContext
        package var run: @Sendable (PassContext) throws -> ReconcileReport
        /// From -1 to 1; see ``Daemon/pause(interval:failures:jitter:)``.
        package var jitter: @Sendable () -> Double

        package init(
            open:
                @escaping @Sendable (PassRequest, PassHooks, ReconcileContext?) throws ->
                PassContext,
            run: @escaping @Sendable (PassContext) throws -> ReconcileReport,
            jitter: @escaping @Sendable () -> Double
        ) {
            self.open = open
            self.run = run
            self.jitter = jitter
        }

        /// Those of the product.
        package static let real = Passes(
            open: { request, hooks, context in
                try PassContext.open(
                    request, hooks, context: context,
                    purposes: Set(ConnectionPool.Purpose.allCases))
            },
            run: { try ReconcilePass(pass: $0).run() }, jitter: { .random(in: -1...1) })
    }

    private let request: PassRequest
    private let hooks: PassHooks
    private let settings: Settings
    private let passes: Passes
    private let notify: @Sendable (ReconcileEvent) -> Void
    private let found: @Sendable (Fleet) -> Void
    private let began: @Sendable (LedgerSession) -> Void

    /// - Parameters:
    ///   - found: called with the fleet of each pass.
    ///   - began: called with the source and the ledger of each pass.
    package init(
        request: PassRequest, hooks: PassHooks, settings: Settings, passes: Passes = .real,
        notify: @escaping @Sendable (ReconcileEvent) -> Void,
        found: @escaping @Sendable (Fleet) -> Void = { _ in },
        began: @escaping @Sendable (LedgerSession) -> Void = { _ in }
    ) {
        self.passes = passes
        self.request = request
        var hooks = hooks
        hooks.flights = settings.patienceSeconds.map {
            RolloutFlights(patienceSeconds: $0, loop: hooks.interrupt)
        }
        self.hooks = hooks
        self.settings = settings
        self.notify = notify
        self.found = found
        self.began = began
    }

    /// The message and exit status for an error that prevented a pass.
    package typealias Classify = @Sendable (any Error) -> (String, ExitStatus)

    /// Runs until `hooks.interrupt` is raised. Waking it starts the next pass at once.
    package func run(classify: Classify) {
        var context: ReconcileContext?
        var failures = 0
        var number = 0
        var due: Timestamp?
        var isGone = false
        var holder: String?
        // For how long the next pass is another loop's to make.
        var turn: Double?
        var isCalled = true
        let assistant = LoopAssistant(
            hooks: hooks, intervalSeconds: settings.intervalSeconds,
            notify: { [notify] in notify($0.event) })
        while !hooks.interrupt.isRaised {
            var request = request
            request.mode = number % settings.exactEvery == 0 ? .exact : .unlessUnchanged
            request.backsOff = true
            request.waitsForBakes = false
            number += 1
            if hooks.takeCall() { isCalled = true }
            for failure in hooks.flights?.takeFailures() ?? [] {
                notify(
                    .failed(
                        number: number, message: failure.message,
                        status: failure.isLocked ? .blocked : .error))
            }
            do {
                let pass = try passes.open(request, hooks, context)
                context = pass.context
                found(pass.fleet)
                began(pass.ledgerSession)
                try assistant.use(pass)
                turn = isCalled ? nil : try assistant.turn(after: pass)
                let report = turn == nil ? try passes.run(pass) : nil
                (failures, isGone) = (0, false)
                due = report?.nextDue.flatMap(Timestamp.init(iso:))
                if let report {
                    (isCalled, holder) = (false, nil)
                    notify(.passed(number: number, report))
                    if report.exitStatus == .done { try Housekeeping(pass).runWhereIdle() }
                }
            } catch let error as DesiredError where error.isOfMissingEnvironment {
                // Somebody may put it back: it is looked for, and no more is said.
                if !isGone { notify(.gone(message: gone(classify(error).0))) }
                hooks.flights?.halt("its environment is gone")
                // Another one may have come in its place.
                if let fleet = try? TrustedSource.open(request).fleet { found(fleet) }
                context?.pool.closeIdle()
                (isGone, failures, due, context) = (true, 0, nil, nil)
            } catch let error as LedgerError where error.code == .locked && hooks.shares {
                // Another process reconciles it: this one helps, and tries again.
                (failures, isGone, due) = (0, false, nil)
                if holder != error.fault { notify(.standingBy(message: error.fault)) }
                holder = error.fault
            } catch {
                failures += 1
                isGone = false
                if Self.isOfFetch(error) { hooks.measured(.fetchFailed) }
                // A pass that fails for days reads and tries all the same.
                if hooks.flights?.isEmpty != false {
                    context?.forgetUnused(shards: nil, now: hooks.clock.now)
                }
                let (message, status) = classify(error)
                notify(.failed(number: number, message: message, status: status))
            }
            var pause =
                turn
                ?? Self.pause(
                    interval: settings.intervalSeconds, failures: failures,
                    jitter: passes.jitter())
            turn = nil
            if let due, failures == 0 {
                let left = due.secondsSince1970 - hooks.clock.now.secondsSince1970
                pause = min(pause, max(0.1, Double(left)))
            }
            guard !hooks.interrupt.isRaised else { break }
            if hooks.flights?.takeWaking() == true {
                context?.forgetFailures()
                isCalled = true
                continue
            }
            if hooks.flights?.takeDue() == true, failures == 0 { continue }
            if !isGone { notify(.pausing(seconds: pause)) }
            hooks.lasting(pause)
            guard hooks.clock.wait(seconds: pause, unless: hooks.interrupt) else {
                break
            }
            if hooks.interrupt.wasWoken {
                // A pass was asked for: shards and operations in back-off are tried as well.
                context?.forgetFailures()
                isCalled = true
            }
        }
        hooks.flights?.waitForAll()
        assistant.finish()
        context?.pool.closeIdle()
    }

    /// Whether the schema repository could not be fetched.
    private static func isOfFetch(_ error: any Error) -> Bool {
        guard let error = error as? GitError else { return false }
        return [.network, .authentication, .certificate].contains(error.code)
    }

    /// That the fleet file has no such environment, and what is left behind there.
    private func gone(_ fault: String) -> String {
        let count = (try? LedgerSession.unsettledCount(request, hooks)) ?? 0
        let left =
            count == 0
            ? ""
            : "; what became of \(Count.of(count, "statement")) there is not known, and is "
                + "settled then"
        return "\(fault); nothing is done for it until it is there\(left)"
    }

    /// The wait until the next pass, in seconds: the interval plus or minus a tenth, doubled with
    /// each failed pass in a row, up to eight intervals.
    ///
    /// - Parameter jitter: from -1 to 1, so that many daemons do not run at the same moment.
    package static func pause(interval: Double, failures: Int, jitter: Double) -> Double {
        let factor = Double(1 << min(max(0, failures - 1), 3))
        return max(0.1, interval * factor * (1 + 0.1 * jitter))
    }
}
