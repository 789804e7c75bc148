import Execution
import Foundation
import Store

/// The files of a lease beside the repository: one that is locked while it is held, and one with
/// what was taken last.
struct LeaseFile: Sendable {
    let name: String
    private let folder: String

    init(_ place: String, _ name: String) {
        folder = place + "/leases"
        self.name = name
    }

    /// The file that the holder has locked.
    var lock: String { "\(folder)/\(Self.encode(name))" }
    private var record: String { lock + ".lease" }

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
            throw StoreError(error, about: "writing the lease \(name)")
        } catch {
            throw StoreError(.other, "writing the lease \(name): \(error)")
        }
    }

    private static func encode(_ name: String) -> String {
        name.utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            if isPlain || ["-", "_", "."].contains(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
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
        _ = try repository()
        let file = LeaseFile(place, name)
        try file.make()
        let lock: FileLock
        do throws(FileLock.Failure) {
            lock = try FileLock(path: file.lock, waitSeconds: 0, purpose: owner)
        } catch {
            switch error {
            case .held(let holder): throw StoreError(.locked, holder)
            case .system(let number):
                throw StoreError(
                    DurableFile.failure(number, file.lock), about: "taking the lease \(name)")
            }
        }
        let (taken, last) = (now(), try file.read()?.lease.token)
        // Where the record of the last one was removed, the clock keeps the token growing.
        let token = last.map { $0 + 1 } ?? Int64(taken.timeIntervalSince1970)
        let lease = Lease(name: name, owner: owner, token: token, taken: taken)
        try file.write(.init(lease: lease, isHeld: true))
        return HeldFile(file, lease: lease, lock: lock)
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
