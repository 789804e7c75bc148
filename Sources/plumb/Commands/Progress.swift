import Execution
import Foundation
import Reconciler
import Schema
import Views

/// Shows how a pass goes on, on standard error: a bar on a terminal, else a line per event.
final class Progress: Sendable {
    private struct State {
        var live = LiveProgress(total: 0)
        var drawn = 0
    }

    private let terminal: Terminal
    private let interrupt = Interrupt()
    private let state = Lock(State())

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    var surroundings: PassSurroundings {
        PassSurroundings(
            interrupt: interrupt, listener: ConvergeListener { [self] in note($0) },
            stage: { [self] in stage($0) })
    }

    /// One line that stays.
    func say(_ text: String) {
        state.withLock { state in
            clear(&state)
            terminal.note(text)
        }
    }

    /// Clears what was drawn, before the answer.
    func finish() {
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

    private func note(_ event: ConvergeListener.Event) {
        state.withLock { state in
            if case .wave(_, _, let operations) = event, state.drawn == 0 || !terminal.isInteractive
            {
                state.live = LiveProgress(total: operations)
            }
            state.live.note(event)
            guard terminal.isInteractive else {
                terminal.note(EventText.line(event, time: Timestamp(Date()).iso))
                return
            }
            clear(&state)
            let lines = state.live.lines(
                width: terminal.width, style: Style(isColoured: terminal.usesColour))
            for line in lines.dropLast() { terminal.note(line) }
            terminal.redraw(lines.last ?? "")
            state.drawn = lines.count
        }
    }

    private func clear(_ state: inout State) {
        guard terminal.isInteractive, state.drawn > 0 else { return }
        terminal.redraw("")
        for _ in 1..<max(1, state.drawn) { terminal.up() }
        state.drawn = 0
    }
}
