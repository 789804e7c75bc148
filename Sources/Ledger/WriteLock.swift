import Execution
import Foundation
import Git
import Schema

/// The exclusive right to write to one ledger, held by one thread of one process at a time.
///
/// Taking it removes the files that an interrupted writer left behind.
final class WriteLock {
    private let queue: NSLock
    private let file: FileLock

    /// Waits `waitSeconds` at most, then throws `locked` with the holder.
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
        // After a clean exit, young files can only belong to a running git command.
        let age: Double = file.abandonedBy == nil ? Self.foreignSeconds : 0
        StaleFiles.remove(in: path, minimumAgeSeconds: age)
    }

    deinit { queue.unlock() }

    /// The age from which a git command's lock file counts as abandoned, in seconds.
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

/// One lock per ledger for the threads of this process, which queue on it instead of polling.
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
