import Foundation
import Views

/// The output of a command: answers on standard output, progress and logs on standard error.
struct Terminal: Sendable {
    /// Colours are used only on a terminal, and not where they are switched off.
    let usesColour: Bool
    /// Progress is drawn over itself only on a terminal.
    let isInteractive: Bool
    let width: Int

    init(noColour: Bool) {
        let environment = ProcessInfo.processInfo.environment
        let isUnwanted = noColour || !(environment["NO_COLOR"] ?? "").isEmpty
        usesColour = !isUnwanted && isatty(STDOUT_FILENO) == 1
        isInteractive = isatty(STDERR_FILENO) == 1
        width = Self.columns() ?? 100
    }

    /// Prints an answer: text for people, or a document.
    func answer(_ text: String, as output: SafeOutput? = nil) {
        Self.write((output ?? people).safe(text), to: STDOUT_FILENO)
    }

    /// Prints an answer that is safe for output already.
    func write(_ text: String) { Self.write(text, to: STDOUT_FILENO) }

    /// Prints lines of progress, of a log or of an error.
    func log(_ text: String, as output: SafeOutput? = nil) {
        Self.write((output ?? people).safe(text) + "\n", to: STDERR_FILENO)
    }

    /// Before an answer that takes the place of the one before: clears the screen, or leaves a line
    /// empty where there is none.
    func separate() {
        Self.write(isatty(STDOUT_FILENO) == 1 ? "\u{1B}[H\u{1B}[2J" : "\n", to: STDOUT_FILENO)
    }

    /// Replaces the last line; only on a terminal.
    func redraw(_ text: String) {
        Self.write("\r\u{1B}[2K" + people.safe(text), to: STDERR_FILENO)
    }

    private var people: SafeOutput { .text(isColoured: usesColour) }

    /// Moves to the line above and clears it.
    func eraseLineAbove() { Self.write("\u{1B}[1A\u{1B}[2K", to: STDERR_FILENO) }

    private static func columns() -> Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else {
            return nil
        }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            // The reader of the output has gone, so the error cannot be reported.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
