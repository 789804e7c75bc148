import Foundation

/// An exclusive advisory lock on a file (`flock`), which ends with the process at the latest.
///
/// The holder writes a note about itself into the file and empties the file when it releases the
/// lock. A note that is still there was left by a holder that died, and tells the next one so.
package final class FileLock: @unchecked Sendable {
    // Sendable because nothing changes after `init`; `deinit` runs once.
    private let descriptor: Int32
    private let path: String

    /// The note of the last holder, if it died without releasing the lock; else nil.
    package let abandonedBy: String?

    /// Why a lock was not taken.
    package enum Failure: Error, Sendable {
        /// Another process holds it; `holder` is that one's note, possibly empty.
        case held(holder: String)
        /// The system refused; `number` is its `errno`.
        case system(number: Int32)
    }

    /// Takes the lock on the file at `path`, which is created if needed.
    ///
    /// Waits at most `waitSeconds` (0: a single attempt), then throws `held`.
    package init(
        path: String, waitSeconds: Double, purpose: String
    ) throws(Failure) {
        let deadline = Self.uptimeSeconds() + waitSeconds
        var file = try Self.take(path, until: deadline)
        // What was waited for may be a file that somebody has removed: others lock another one.
        while !Self.isAt(path, file) {
            close(file)
            file = try Self.take(path, until: deadline)
        }
        let left = Self.note(in: file)
        abandonedBy = left.isEmpty ? nil : left
        descriptor = file
        self.path = path
        do {
            try Self.write(HolderNote.current(purpose: purpose), to: file)
        } catch {
            flock(file, LOCK_UN)
            close(file)
            throw error
        }
    }

    /// Opens the file and locks it.
    private static func take(_ path: String, until deadline: Double) throws(Failure) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .system(number: errno) }
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            if number == EINTR { continue }
            guard number == EWOULDBLOCK else {
                close(file)
                throw .system(number: number)
            }
            guard uptimeSeconds() < deadline else {
                let holder = note(in: file)
                close(file)
                throw .held(holder: holder.isEmpty ? "unknown process" : holder)
            }
            // Random pauses, so that waiters do not keep colliding.
            usleep(UInt32.random(in: 1_000...8_000))
        }
        return file
    }

    /// Whether the locked file is the one that others would lock: nobody has removed it.
    package var isInPlace: Bool { Self.isAt(path, descriptor) }

    private static func isAt(_ path: String, _ file: Int32) -> Bool {
        var (named, locked) = (stat(), stat())
        return stat(path, &named) == 0 && fstat(file, &locked) == 0
            && named.st_ino == locked.st_ino && named.st_dev == locked.st_dev
    }

    deinit {
        ftruncate(descriptor, 0)
        // Closing is not enough: a child process that is just being started has a copy of it.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The note in the file at `path`; empty where nobody holds the lock or there is no file.
    package static func holder(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        return note(in: file)
    }

    /// Whether somebody holds the lock on the file at `path`. For a moment nobody else can take it.
    static func isHeld(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(file, LOCK_UN)
        return false
    }

    private static func note(in file: Int32) -> String {
        var bytes: [UInt8] = Array(repeating: 0, count: 1024)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return "" }
        return String(decoding: bytes[..<count], as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func write(_ note: String, to file: Int32) throws(Failure) {
        let bytes = Array((note + "\n").utf8)
        guard ftruncate(file, 0) == 0 else { throw .system(number: errno) }
        let count = pwrite(file, bytes, bytes.count, 0)
        guard count >= 0 else { throw .system(number: errno) }
        // A partial write means a full disk; `errno` is not set then.
        guard count == bytes.count else { throw .system(number: ENOSPC) }
    }

    private static func uptimeSeconds() -> Double {
        ProcessInfo.processInfo.systemUptime
    }
}

/// The text that describes this process in a lock file.
private enum HolderNote {
    static func current(purpose: String) -> String {
        let info = ProcessInfo.processInfo
        return "process \(info.processIdentifier) on \(host): \(info.processName) \(purpose)"
    }

    /// The machine's own name; Foundation's function would ask the name service.
    private static var host: String {
        var name: [CChar] = Array(repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "this host" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Removes what an interrupted writer left in a bare repository.
package enum StaleFiles {
    /// Removes `*.lock` of references and `tmp_*` of objects below `folder`, and returns their
    /// paths relative to it.
    ///
    /// Call it while holding the lock that every writer takes. What lies in a folder that cannot
    /// be listed stays: whoever needs that folder is told.
    ///
    /// - Parameter minimumAgeSeconds: keeps younger files, which may belong to a running `git`
    ///   command.
    /// - Parameter keeping: files that stay, whatever their age.
    @discardableResult
    package static func remove(
        in folder: String, minimumAgeSeconds: Double,
        keeping isKept: (String) -> Bool = { _ in false }
    ) -> [String] {
        search(folder, minimumAgeSeconds).found.filter {
            !isKept($0) && unlink("\(folder)/\($0)") == 0
        }
    }

    /// The files that `remove` would remove, sorted.
    ///
    /// Throws `unreadable` where a folder cannot be listed.
    package static func find(
        in folder: String, minimumAgeSeconds: Double
    ) throws(GitError) -> [String] {
        let search = search(folder, minimumAgeSeconds)
        if let failure = search.failure { throw failure }
        return search.found
    }

    private static func search(
        _ folder: String, _ minimumAgeSeconds: Double
    ) -> (found: [String], failure: GitError?) {
        var search = FileSearch(folder: folder)
        search.collect("", depth: 0, isDeep: false) {
            gitFiles.contains($0) || isReplacement($0)
        }
        search.collect("leases", depth: 0, isDeep: false, where: isReplacement)
        search.collect("refs", depth: 0) { $0.hasSuffix(".lock") }
        search.collect("objects", depth: 0) {
            $0.hasPrefix("tmp_") || $0.hasPrefix("pack_git2_")
        }
        let limit = time(nil) - Int(minimumAgeSeconds)
        let old = search.found.filter { path in
            var status = stat()
            return lstat("\(folder)/\(path)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
                && status.st_mtim.tv_sec <= limit
        }
        return (old.sorted(by: bytesPrecede), search.failure)
    }

    /// Whether a file was to take the place of another one (``DurableFile/replace(_:with:)``).
    private static func isReplacement(_ name: String) -> Bool {
        name.hasSuffix(DurableFile.replacementSuffix)
    }

    /// Lock files of git itself beside the references; `plumb.lock` is not one of them.
    private static let gitFiles: Set<String> = [
        "HEAD.lock", "packed-refs.lock", "config.lock", "FETCH_HEAD.lock",
    ]
}

/// Goes through folders below `folder`, on past those that cannot be listed.
private struct FileSearch {
    let folder: String
    /// Paths relative to `folder`.
    private(set) var found: [String] = []
    /// Why the first of the folders could not be listed that could not.
    private(set) var failure: GitError?

    init(folder: String) { self.folder = folder }

    mutating func collect(
        _ path: String, depth: Int, isDeep: Bool = true, where matches: (String) -> Bool
    ) {
        guard depth < 16 else { return }
        let prefix = path.isEmpty ? "" : path + "/"
        for name in names(in: "\(folder)/\(path)") {
            let inner = prefix + name
            var status = stat()
            guard lstat("\(folder)/\(inner)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if isDeep { collect(inner, depth: depth + 1, where: matches) }
            } else if matches(name) {
                found.append(inner)
            }
        }
    }

    private mutating func names(in folder: String) -> [String] {
        do throws(GitError) {
            return try FolderListing.names(in: folder)
        } catch {
            failure = failure ?? error
            return []
        }
    }
}
