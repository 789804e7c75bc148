import Execution
import Foundation
import Git
import Schema

/// The right to write to one ledger: one thread of one process at a time has it.
///
/// Whoever takes it clears away what a writer that died in the middle left behind.
final class WriteLock {
    private let queue: NSLock
    private let file: FileLock

    /// Waits `waitSeconds` at most, then throws `locked`, naming the holder.
    init(ledger path: String, waitSeconds: Double, purpose: String) throws(LedgerError) {
        let queue = ProcessLocks.lock(for: path)
        guard queue.lock(before: Date(timeIntervalSinceNow: waitSeconds)) else {
            throw Self.held(path, by: FileLock.holder(of: Self.file(path)), waitSeconds)
        }
        do throws(FileLock.Failure) {
            file = try FileLock(
                path: Self.file(path), waitSeconds: waitSeconds, purpose: purpose)
        } catch {
            queue.unlock()
            switch error {
            case .held(let holder): throw Self.held(path, by: holder, waitSeconds)
            case .system(let number):
                throw LedgerError(system: number, at: Self.file(path))
            }
        }
        self.queue = queue
        // A clean exit leaves no trace, so young files are then those of a running git command.
        let age: Double = file.abandonedBy == nil ? Self.foreignSeconds : 0
        StaleFiles.remove(in: path, minimumAgeSeconds: age)
    }

    deinit { queue.unlock() }

    /// The age from which a git command's lock file is taken for abandoned.
    private static let foreignSeconds: Double = 600

    private static func file(_ path: String) -> String { "\(path)/plumb.lock" }

    private static func held(
        _ path: String, by holder: String, _ waitSeconds: Double
    ) -> LedgerError {
        LedgerError(
            .locked,
            "the ledger \(path) is being written by \(holder.isEmpty ? "unknown" : holder), and "
                + "was so for \(Count.of(Int(waitSeconds), "second"))",
            remedy: "try again when that is done")
    }
}

/// One lock per ledger for the threads of this process, so that they queue instead of polling.
private enum ProcessLocks {
    private static let all = Lock<[String: NSLock]>([:])

    static func lock(for path: String) -> NSLock {
        let name = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return all.withLock { locks in
            if let known = locks[name] { return known }
            let new = NSLock()
            locks[name] = new
            return new
        }
    }
}
