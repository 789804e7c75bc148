import Basics
import Execution
import Foundation
import Git
import Store
import TestSupport
import Testing

@Suite("Lock files and records that people remove or disks damage")
struct LockFileTests {
    /// How often this process has a file open, removed or not.
    private func openings(_ path: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            let link = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\($0)")
            return link?.hasPrefix(path) == true
        }
    }

    /// Whoever waits for a lock does not take the removed file for it.
    @Test func aRemovedLockFileIsNoLock() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        let first = Lock<FileLock?>(try FileLock(path: path, waitSeconds: 0, purpose: "first"))
        #expect(first.withLock { $0?.isInPlace } == true)
        let results = Workers.map([0, 1], total: 2, perKey: 2, key: { _ in 0 }) { number in
            Result {
                if number == 0 {
                    let lock = try FileLock(path: path, waitSeconds: 60, purpose: "second")
                    return lock.isInPlace
                }
                let end = Date(timeIntervalSinceNow: 60)
                while try openings(path) < 2, Date() < end { usleep(500) }
                unlink(path)
                #expect(first.withLock { $0?.isInPlace } == false)
                let lock = try FileLock(path: path, waitSeconds: 0, purpose: "third")
                first.withLock { $0 = nil }
                return lock.isInPlace
            }
        }
        for result in results { #expect(try result.get()) }
    }

    @Test func aWriteWhoseLockFileWasRemovedMovesNothing() throws {
        let store = try GitStore(events: 1)
        let before = try store.chain.backend.reference("refs/heads/production")
        let error = storeError {
            try store.chain.append("late") { unlink(store.path + "/plumb.lock") }
        }
        #expect(error?.code == .locked)
        #expect(try store.reopened().backend.reference("refs/heads/production") == before)
        try store.chain.append("1")
        #expect(try store.reopened().events() == ["0", "1"])
    }

    @Test(arguments: ["", "{", "[]", "{\"isHeld\":true}"])
    func aDamagedLeaseIsSaid(_ record: String) throws {
        let store = try GitStore(events: 1)
        let held = try store.chain.backend.take("production", owner: "me")
        try record.write(
            toFile: store.path + "/leases/production.lease", atomically: true, encoding: .utf8)
        let attempts: [() throws -> Void] = [
            { try store.chain.append("late", under: held.lease) }, { try held.renew() },
            { _ = try store.chain.backend.lease("production") },
        ]
        for attempt in attempts { #expect(storeError { try attempt() }?.code == .corrupt) }
        held.giveBack()
        let error = storeError { _ = try store.place.open().take("production", owner: "next") }
        #expect(error?.code == .corrupt && error?.remedy?.contains("remove it") == true)
        #expect(try store.reopened().events() == ["0"])
    }

    /// Killed when it had moved one of three references: a reader sees all of them moved, and the
    /// next writer finishes.
    @Test func theJournalOfADeadWriterStands() async throws {
        let store = try GitStore()
        let names = ["refs/heads/a", "refs/heads/b", "refs/heads/new"]
        let old = EventChain(backend: store.backend(), references: Array(names.prefix(2)))
        let first = try old.append("1")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = store.path as String, names = names as [String]] in
            ChildProcess.run {
                try Data().write(to: URL(fileURLWithPath: path + "/refs/heads/b.lock"))
                // As if it had been killed when it was done, and had not moved the second one yet.
                try EventChain(backend: GitBackend(path: path), references: names).append("2")
                kill(getpid(), SIGKILL)
            }
        }
        let onDisk = try GitCommand.run(["rev-parse", "refs/heads/b"], in: store.path)
        #expect(onDisk == first.hex)
        for backend in [old.backend, store.place.open()] {
            let tips = try names.map { try backend.reference($0) }
            #expect(Set(tips).count == 1 && tips[0] != first && tips[0] != nil)
            #expect(try backend.references(below: "refs/") == names)
        }
        // The dead writer's own lock file.
        unlink(store.path + "/refs/heads/b.lock")
        let chain = EventChain(backend: store.place.open(), references: names)
        try chain.append("3")
        for name in names {
            #expect(try chain.events(of: name) == ["1", "2", "3"])
            #expect(
                try GitCommand.run(["rev-list", "--count", name], in: store.path) == "3")
        }
        #expect(try store.remains() == [])
    }

    @Test(arguments: ["", "no id refs/heads/a\n", "1234"])
    func aDamagedJournalStopsReadersAndWriters(_ journal: String) throws {
        let store = try GitStore(events: 1)
        try journal.write(
            toFile: store.path + "/plumb.moves", atomically: true, encoding: .utf8)
        let chain = store.reopened()
        #expect(storeError { _ = try chain.events() }?.code == .corrupt)
        #expect(storeError { try chain.append("1") }?.code == .corrupt)
        unlink(store.path + "/plumb.moves")
        try chain.append("1")
        #expect(try chain.events() == ["0", "1"])
    }

    /// What a process leaves that is killed while it makes a store, at each file that it writes.
    @Test(arguments: [
        [], ["plumb.lock"], ["plumb.lock", ".gitignore"], ["plumb.lock", "objects/info/", "refs/"],
        ["objects/", "refs/heads/", "config.lock"], ["objects/", "refs/heads/", "config"],
        ["objects/", "refs/heads/", "config", "HEAD.lock"],
    ])
    func aHalfMadeStoreIsMadeAnew(_ left: [String]) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger"
        for name in left {
            if name.hasSuffix("/") {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(name)", withIntermediateDirectories: true)
            } else {
                try folder.write("", to: "ledger/" + name)
            }
        }
        let backend = GitBackend(path: path)
        try backend.make(version: 1)
        try EventChain(backend: backend).append("1")
        #expect(try EventChain(backend: GitBackend(path: path)).events() == ["1"])
        #expect(try GitCommand.run(["fsck", "--full", "--strict"], in: path) == "")
    }

    /// A process is killed while it makes stores: whoever comes next finds or makes each.
    @Test(arguments: Rounds.seeds(4))
    func aKillWhileItIsMade(_ seed: Int) async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = folder.path as String, seed = seed as Int] in
            ChildProcess.run {
                var random = SeededGenerator(seed: UInt64(seed))
                WriterContractTests.killLater(
                    microseconds: UInt32.random(in: 200...20_000, using: &random))
                for number in 0... { try GitBackend(path: "\(path)/\(number)").make(version: 1) }
            }
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let backend = GitBackend(path: "\(folder.path)/\(name)")
            try backend.make(version: 1)
            try EventChain(backend: backend).append("1")
            #expect(try EventChain(backend: backend).events() == ["1"])
        }
    }
}
