import Basics
import Foundation
import Git
import Store
import TestSupport
import Testing

/// In processes of their own: what is mounted or limited there holds for a whole process.
@Suite("A full disk is called a full disk, and leaves the old state")
struct FullDiskTests {
    @Test func atAnyPageOfAWrite() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            ChildProcess.run {
                guard let disk = PrivateDisk(path, options: "size=2m") else { return }
                try Attempts(path: path).run(0..<20) { pages in
                    try disk.fill(leaving: pages * 4096)
                } after: {
                    try disk.empty()
                }
            }
        }
    }

    @Test func atAnyFileOfAWrite() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            ChildProcess.run {
                guard let disk = PrivateDisk(path, options: "size=4m,nr_inodes=120") else { return }
                try Attempts(path: path).run(0..<12) { files in
                    try disk.fillFiles(leaving: files)
                } after: {
                    try disk.empty()
                }
            }
        }
    }

    /// A limit on the size of files ends a write in the middle, at any byte.
    @Test func atAnyByteOfAFile() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            ChildProcess.run {
                signal(SIGXFSZ, SIG_IGN)
                let sizes =
                    Array(stride(from: 0, to: 60, by: 3))
                    + Array(stride(from: 60, to: 16_000, by: 509))
                try Attempts(path: path).run(sizes) { bytes in
                    try Self.limitFiles(to: UInt(bytes))
                } after: {
                    try Self.limitFiles(to: nil)
                }
            }
        }
    }

    @Test func aDiskThatCanOnlyBeReadIsRead() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            ChildProcess.run {
                guard let disk = PrivateDisk(path, options: "size=4m") else { return }
                let chain = EventChain(backend: GitBackend(path: path + "/store.git"))
                try chain.backend.make(version: 1)
                try chain.append("1")
                try #require(disk.remount(readOnly: true))
                for backend in [chain.backend, GitBackend(path: path + "/store.git")] {
                    let used = EventChain(backend: backend)
                    try #require(try used.events() == ["1"])
                    try #require(try backend.damagedFiles() == [] && backend.strayFiles() == [])
                    let attempts: [() throws -> Void] = [
                        { try used.append("2") }, { try backend.put([blob(1)]) },
                        { try backend.replace([blob(1)]) },
                        { _ = try backend.take("production", owner: "me") },
                        { try GitBackend(path: path + "/store.git").compact() },
                        { try GitBackend(path: path + "/other.git").make(version: 1) },
                    ]
                    for (number, attempt) in attempts.enumerated() {
                        let error = storeError { try attempt() }
                        try #require(
                            error?.code == .unreadable, "\(number): \(String(describing: error))")
                    }
                }
                try #require(disk.remount(readOnly: false))
                try chain.append("2")
                try #require(try chain.events() == ["1", "2"])
            }
        }
    }

    private static func limitFiles(to bytes: UInt?) throws {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        try #require(getrlimit(resource, &limit) == 0)
        limit.rlim_cur = bytes ?? limit.rlim_max
        try #require(setrlimit(resource, &limit) == 0)
    }
}

/// Writes that are tried with less room than they need, and a little more each time.
private struct Attempts {
    let path: String

    /// - Parameters:
    ///   - shrink: leaves so much room.
    ///   - restore: makes room again.
    func run(
        _ rooms: some Sequence<Int>, _ shrink: (Int) throws -> Void,
        after restore: () throws -> Void
    ) throws {
        let place = path + "/store.git"
        let names = ["refs/heads/a", "refs/heads/b"]
        try GitBackend(path: place).make(version: 1)
        var expected = ["start"]
        try EventChain(backend: GitBackend(path: place), references: names).append("start")
        var (failures, successes) = (0, 0)
        for room in rooms {
            // One reference is moved by itself, two by a journal.
            let isPair = room % 2 == 0
            let chain = EventChain(
                backend: GitBackend(path: place), references: isPair ? names : [names[0]])
            let before = try names.map { try chain.backend.reference($0) }
            try shrink(room)
            let error = storeError { try chain.append("\(room)", size: 9_000) }
            let now = try names.map { try GitBackend(path: place).reference($0) }
            if let error {
                failures += 1
                try #require(error.code == .diskFull, "\(room): \(error)")
                try #require(now == before, "\(room): a reference moved")
            } else {
                successes += 1
                expected.append("\(room)")
                try #require(now[0] != before[0] && (now[1] != before[1]) == isPair)
            }
            let reader = EventChain(backend: GitBackend(path: place), references: names)
            try #require(try reader.events(limit: 2) == expected.suffix(2), "\(room)")
            try restore()
            try reader.append("after \(room)")
            expected.append("after \(room)")
            let isRecorded = try reader.events(of: names[1], limit: 2) == expected.suffix(2)
            try #require(isRecorded, "\(room)")
        }
        let all = EventChain(backend: GitBackend(path: place), references: names)
        try #require(try all.events() == expected)
        try #require(failures > 2 && successes > 2, "\(failures) failures, \(successes) successes")
        try #require(try BackendKind.git.isWhole(place))
        try #require(try GitBackend(path: place).damagedFiles() == [])
    }
}
