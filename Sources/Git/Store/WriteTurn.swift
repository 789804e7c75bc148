import Execution
import Foundation
import Store

/// The exclusive right to write to one ledger, held by one thread of one process at a time.
///
/// Taking it after a writer that died removes the files which that one left behind, whatever the
/// lock is taken for: nobody hears of that death again.
final class WriteTurn {
    private let path: String
    private let queue: NSLock
    private let file: FileLock

    /// Waits `waitSeconds` at most, then throws `locked` with the holder.
    init(_ path: String, waitSeconds: Double, purpose: String) throws(StoreError) {
        let queue = ProcessLocks.lock(for: path)
        guard queue.lock(before: Date(timeIntervalSinceNow: waitSeconds)) else {
            throw Self.held(path, waitSeconds)
        }
        do throws(FileLock.Failure) {
            file = try FileLock(
                path: Self.file(path), waitSeconds: waitSeconds, purpose: purpose)
        } catch {
            queue.unlock()
            switch error {
            case .held(let holder): throw Self.held(path, by: holder, waitSeconds)
            case .system(let number):
                throw StoreError(
                    DurableFile.failure(number, Self.file(path)), about: "writing the ledger")
            }
        }
        self.queue = queue
        self.path = path
        if file.abandonedBy != nil { Self.clearUp(path) }
    }

    /// Removes what a dead writer left; a compaction that is under way keeps what it is writing.
    private static func clearUp(_ path: String) {
        let compaction = try? CompactionTurn(path)
        defer { withExtendedLifetime(compaction) {} }
        StaleFiles.remove(in: path, minimumAgeSeconds: 0) {
            compaction == nil && $0.hasPrefix(CompactionTurn.remains)
        }
    }

    deinit { queue.unlock() }

    /// Throws `locked` where somebody removed the lock file, and others may write by now.
    func requireHeld() throws(StoreError) {
        guard file.isInPlace else {
            throw StoreError(
                .locked, "\(Self.file(path)) was removed while it was held",
                remedy: "nothing was written; let that file lie, and try again")
        }
    }

    private static func file(_ path: String) -> String { "\(path)/plumb.lock" }

    /// The error for a lock that somebody else holds, by default whoever says so in its file.
    static func held(
        _ path: String, by holder: String? = nil, _ waitSeconds: Double
    ) -> StoreError {
        let seconds = Int(waitSeconds)
        let holder = holder ?? FileLock.holder(of: file(path))
        return StoreError(
            .locked,
            "the ledger \(path) is being written by \(holder.isEmpty ? "unknown" : holder), and "
                + "was so for \(seconds) second\(seconds == 1 ? "" : "s")",
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
