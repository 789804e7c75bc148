import Basics
import Execution
import Foundation
import Reconciler
import Reports
import Views

/// Shows the progress of a pass on standard error: a bar on a terminal, otherwise a line for each
/// event and one after every ten seconds without any.
final class Progress: Sendable {
    private struct State {
        var live = LiveProgress(total: 0)
        /// How many lines are on the screen and will be drawn over.
        var drawn = 0
        var isConverging = false
        var lastEvent = Date()
    }

    private static let silenceSeconds = 10.0

    private let terminal: Terminal
    private let interrupt = Interrupt()
    /// Ends the thread that prints a line in quiet periods.
    private let finished = Interrupt()
    private let state = Lock(State())

    init(_ terminal: Terminal) {
        self.terminal = terminal
        guard !terminal.isInteractive else { return }
        let heart = Thread { [weak self, finished] in
            while finished.wait(seconds: 1) { self?.beat() }
        }
        heart.name = "plumb-heartbeat"
        heart.start()
    }

    deinit {
        finished.raise()
    }

    var hooks: PassHooks {
        PassHooks(
            interrupt: interrupt, listener: RolloutListener { [self] in note($0) },
            stage: { [self] in stage($0) })
    }

    /// Prints a line that is not drawn over.
    func say(_ text: String) {
        state.withLock { state in
            clear(&state)
            terminal.log(text)
        }
    }

    /// Removes what was drawn, before the answer is printed.
    func finish() {
        finished.raise()
        state.withLock { clear(&$0) }
    }

    private func stage(_ text: String) {
        guard terminal.isInteractive else { return }
        state.withLock { state in
            clear(&state)
            terminal.redraw(text)
            state.drawn = 1
        }
    }

    private func note(_ event: RolloutEvent) {
        state.withLock { state in
            if case .wave(_, _, let operations) = event {
                state.live = LiveProgress(total: operations)
                state.isConverging = true
            }
            state.live.note(event)
            state.lastEvent = Date()
            guard terminal.isInteractive else {
                terminal.log(EventText.line(event, time: Timestamp(Date()).iso))
                return
            }
            clear(&state)
            let lines = state.live.lines(
                width: terminal.width, style: Style(isColoured: terminal.usesColour))
            for line in lines.dropLast() { terminal.log(line) }
            terminal.redraw(lines.last ?? "")
            state.drawn = lines.count
        }
    }

    /// Prints a line when there was none for a while.
    private func beat() {
        state.withLock { state in
            guard state.isConverging,
                Date().timeIntervalSince(state.lastEvent) >= Self.silenceSeconds
            else { return }
            state.lastEvent = Date()
            terminal.log(EventText.heartbeat(state.live.counts, time: Timestamp(Date()).iso))
        }
    }

    private func clear(_ state: inout State) {
        guard terminal.isInteractive, state.drawn > 0 else { return }
        terminal.redraw("")
        for _ in 1..<max(1, state.drawn) { terminal.eraseLineAbove() }
        state.drawn = 0
    }
}
