import Basics
import Execution
import Ledger
import Model
import MySQLClient
import Reports

/// The reconcile loop: a pass, a pause, and again, until the end is asked for.
package struct Daemon {
    package struct Settings: Sendable {
        package var intervalSeconds: Double
        /// Every so many passes each table is read in full, whatever the fingerprints say.
        package var exactEvery: Int

        package init(intervalSeconds: Double, exactEvery: Int) {
            self.intervalSeconds = intervalSeconds
            self.exactEvery = max(1, exactEvery)
        }
    }

    private let request: PassRequest
    private let surroundings: PassSurroundings
    private let settings: Settings
    private let notify: @Sendable (ReconcileEvent) -> Void

    package init(
        request: PassRequest, surroundings: PassSurroundings, settings: Settings,
        notify: @escaping @Sendable (ReconcileEvent) -> Void
    ) {
        self.request = request
        self.surroundings = surroundings
        self.settings = settings
        self.notify = notify
    }

    /// Runs until `surroundings.interrupt` is raised; waking it starts the next pass now.
    ///
    /// - Parameter classify: the exit status of an error that kept a pass from being made.
    package func run(classify: (any Error) -> (String, ExitStatus)) {
        var engine: Engine?
        var failures = 0
        var number = 0
        while !surroundings.interrupt.isRaised {
            var request = request
            request.mode = number % settings.exactEvery == 0 ? .exact : .unlessUnchanged
            request.backsOff = true
            number += 1
            do {
                let session = try Session.open(
                    request, surroundings, engine: engine,
                    purposes: Set(ConnectionPool.Purpose.allCases))
                engine = session.engine
                let report = try ReconcilePass(session: session).run()
                failures = 0
                notify(.passed(number: number, report))
            } catch {
                failures += 1
                let (message, status) = classify(error)
                notify(.failed(number: number, message: message, status: status))
            }
            let pause = Self.pause(
                interval: settings.intervalSeconds, failures: failures,
                jitter: Double.random(in: -1...1))
            guard !surroundings.interrupt.isRaised else { break }
            notify(.pausing(seconds: pause))
            guard surroundings.clock.wait(seconds: pause, unless: surroundings.interrupt) else {
                break
            }
            if surroundings.interrupt.wasWoken {
                // Somebody asks for a pass now: nothing is left alone.
                engine?.shardBackOff.forgetAll()
                engine?.operationBackOff.forgetAll()
            }
        }
        engine?.pool.closeIdle()
    }

    /// The time until the next pass, in seconds: the interval give or take a tenth, and after
    /// passes that failed up to eight intervals.
    ///
    /// - Parameter jitter: from -1 to 1; it keeps many daemons from asking all at once.
    package static func pause(interval: Double, failures: Int, jitter: Double) -> Double {
        let factor = Double(1 << min(max(0, failures - 1), 3))
        return max(0.1, interval * factor * (1 + 0.1 * jitter))
    }
}
