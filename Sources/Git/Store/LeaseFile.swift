import Execution
import Foundation
import Store

/// The files of a lease beside the repository: one that is locked while it is held, and one with
/// what was taken last.
struct LeaseFile: Sendable {
    private let folder: String
    /// The file that the holder has locked.
    let lock: String

    init(_ place: String, _ name: String) {
        folder = place + "/leases"
        lock = "\(folder)/\(Self.encode(name))"
    }

    private init(lock: String) {
        folder = (lock as NSString).deletingLastPathComponent
        self.lock = lock
    }

    private var record: String { lock + Self.recordSuffix }

    /// What the names of files end in that say what was taken last.
    private static let recordSuffix = ".lease"

    func make() throws(StoreError) {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw StoreError(DurableFile.failure(errno, folder), about: "taking a lease")
        }
    }

    /// What was taken last, and whether it was not given back since.
    struct Record: Codable {
        var lease: Lease
        var isHeld: Bool
    }

    /// What was taken last; nil where the lease never was.
    func read() throws(StoreError) -> Record? {
        if access(record, F_OK) != 0, errno == ENOENT { return nil }
        guard let data = FileManager.default.contents(atPath: record) else {
            // It may have been removed between the two looks.
            if access(record, F_OK) != 0, errno == ENOENT { return nil }
            throw StoreError(.unreadable, "\(record) cannot be read", remedy: "check its rights")
        }
        guard let found = try? JSONDecoder().decode(Record.self, from: data) else {
            throw StoreError(
                .corrupt, "\(record) is damaged", remedy: "remove it while nobody holds the lease")
        }
        return found
    }

    func write(_ content: Record) throws(StoreError) {
        do {
            let bytes = try JSONEncoder().encode(content)
            try DurableFile.replace(record, with: Array(bytes))
        } catch let error as GitError {
            throw StoreError(error, about: "writing the lease \(content.lease.name)")
        } catch {
            throw StoreError(.other, "writing the lease \(content.lease.name): \(error)")
        }
    }

    /// A name that any file system takes, another one for each lease. Of what no name of a lease
    /// becomes there is `%%`, `%` before other letters than digits of base 16, and the dot.
    private static func encode(_ name: String) -> String {
        let text = name.utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            if isPlain || ["-", "_"].contains(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        guard text.utf8.count > longestName else { return text }
        return text.prefix(longestName / 2) + "%%" + GitObject(.blob, Array(name.utf8)).id.hex
    }

    /// Bytes of a file's name, which may have 255 with what is added to it.
    private static let longestName = 160

    // MARK: All of them

    /// All leases of the store at `place` of which something is known, in no order.
    static func all(_ place: String) throws(StoreError) -> [Record] {
        let folder = place + "/leases"
        let names: [String]
        do throws(GitError) { names = try FolderListing.names(in: folder) } catch {
            throw StoreError(error, about: "listing the leases of \(place)")
        }
        var found: [Record] = []
        for name in names where name.hasSuffix(recordSuffix) {
            let file = LeaseFile(lock: folder + "/" + name.dropLast(recordSuffix.utf8.count))
            if let record = try file.read() { found.append(record) }
        }
        return found
    }

    /// Whether a process has the lease's file locked.
    var isLocked: Bool { FileLock.isHeld(lock) }

    /// Removes what is known of leases that nobody has held for a day.
    static func removeOld(of place: String) throws(StoreError) {
        for record in try all(place) { try LeaseFile(place, record.lease.name).removeIfOld() }
    }

    private func removeIfOld() throws(StoreError) {
        guard isOld,
            let held = try? FileLock(path: lock, waitSeconds: 0, purpose: "removing an old lease")
        else { return }
        defer { withExtendedLifetime(held) {} }
        // Somebody may have taken it, and given it back, between the two looks.
        guard isOld else { return }
        // Who comes meanwhile locks a file that is not there any more, and makes another one.
        unlink(record)
        unlink(lock)
    }

    private var isOld: Bool {
        var status = stat()
        return stat(record, &status) == 0
            && status.st_mtim.tv_sec < time(nil) - Self.secondsToKeep
    }

    private static let secondsToKeep = 86_400
}

/// The last token that a store gave out, in a file of its own: it outlives what is known of leases.
private struct LeaseCounter {
    let place: String
    private var path: String { place + "/leases/%token" }

    /// The next one, after `last` and after all others.
    func next(after last: Int64, now: Date) throws(StoreError) -> Int64 {
        let turn: FileLock
        do throws(FileLock.Failure) {
            turn = try FileLock(path: path + ".lock", waitSeconds: 10, purpose: "taking a lease")
        } catch {
            switch error {
            case .held(let holder): throw StoreError(.locked, holder)
            case .system(let number):
                throw StoreError(DurableFile.failure(number, path), about: "taking a lease")
            }
        }
        defer { withExtendedLifetime(turn) {} }
        // Where the file was removed, the clock keeps the tokens growing.
        let token = max(try read() ?? 0, last, Int64(now.timeIntervalSince1970) - 1) + 1
        do throws(GitError) { try DurableFile.replace(path, with: Array("\(token)\n".utf8)) } catch
        {
            throw StoreError(error, about: "taking a lease")
        }
        return token
    }

    private func read() throws(StoreError) -> Int64? {
        if access(path, F_OK) != 0, errno == ENOENT { return nil }
        let text = FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let token = text.flatMap({ Int64($0) }) else {
            throw StoreError(
                .corrupt, "\(path) is damaged", remedy: "remove it while nobody holds a lease")
        }
        return token
    }
}

/// A lease whose file this process has locked; it ends with the process at the latest.
final class HeldFile: HeldLease {
    let lease: Lease
    private let file: LeaseFile
    private let lock: Lock<FileLock?>
    private let inode: UInt64

    init(_ file: LeaseFile, lease: Lease, lock: FileLock) {
        self.file = file
        self.lease = lease
        self.lock = Lock(lock)
        inode = Self.inode(file.lock)
    }

    deinit { giveBack() }

    /// The file is this process's until it gives it back.
    var isSure: Bool { lock.withLock { $0 != nil } }

    func renew() throws(StoreError) {
        let isHeld = lock.withLock { $0 != nil } && Self.inode(file.lock) == inode
        guard isHeld, try file.read()?.lease == lease else {
            throw StoreError(
                .stale, "the lease \(lease.name) is not held by \(lease.owner) any more",
                remedy: "look who holds it now")
        }
    }

    func giveBack() {
        let held = lock.withLock { lock in
            defer { lock = nil }
            return lock
        }
        guard let held else { return }
        defer { withExtendedLifetime(held) {} }
        // Where this cannot be written, the next one to take the lease has a higher token.
        if let record = try? file.read(), record.lease == lease {
            try? file.write(.init(lease: lease, isHeld: false))
        }
    }

    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}

extension GitBackend {
    package func take(_ name: String, owner: String) throws(StoreError) -> any HeldLease {
        try Lease.check(name: name)
        _ = try repository()
        let file = LeaseFile(place, name)
        try file.make()
        // Where that fails, a later one does it.
        if leaseSweeps.isNow() { try? LeaseFile.removeOld(of: place) }
        let lock: FileLock
        do throws(FileLock.Failure) {
            lock = try FileLock(path: file.lock, waitSeconds: Self.lookSeconds, purpose: owner)
        } catch {
            switch error {
            case .held(let holder): throw StoreError(.locked, holder)
            case .system(let number):
                throw StoreError(
                    DurableFile.failure(number, file.lock), about: "taking the lease \(name)")
            }
        }
        let (taken, last) = (now(), try file.read()?.lease.token)
        let token = try LeaseCounter(place: place).next(after: last ?? 0, now: taken)
        let lease = Lease(name: name, owner: owner, token: token, taken: taken)
        try file.write(.init(lease: lease, isHeld: true))
        return HeldFile(file, lease: lease, lock: lock)
    }

    /// Who looks whether a lease is held locks its file for a moment.
    private static let lookSeconds = 0.05

    package func leases(below prefix: String) throws(StoreError) -> [LeaseStanding] {
        _ = try repository()
        return try LeaseFile.all(place)
            .filter { Array($0.lease.name.utf8).starts(with: prefix.utf8) }
            .sorted { bytesPrecede($0.lease.name, $1.lease.name) }
            .map { record in
                let isHeld = record.isHeld && LeaseFile(place, record.lease.name).isLocked
                return LeaseStanding(record.lease, isHeld: isHeld, renewed: nil)
            }
    }

    package func lease(_ name: String) throws(StoreError) -> Lease? {
        try LeaseFile(place, name).read()?.lease
    }

    /// Throws `stale` where the lease was given back, or taken by another one.
    func require(_ lease: Lease) throws(StoreError) {
        let found = try LeaseFile(place, lease.name).read()
        guard let found, found.isHeld, found.lease == lease else {
            let now = found.map { "\($0.lease.owner) took it as number \($0.lease.token)" }
            throw StoreError(
                .stale,
                "the lease \(lease.name), number \(lease.token), is not held any more: "
                    + (now ?? "it is gone"),
                remedy: "nothing was written; what is running there goes on by itself")
        }
    }
}
