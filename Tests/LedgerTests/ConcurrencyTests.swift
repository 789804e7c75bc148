import Basics
import Foundation
import Git
import TestSupport
import Testing

@testable import Ledger

@Suite("Writers take turns, and none waits for the dead")
struct ConcurrencyTests {
    private let counter = LedgerPath("counter")

    @Test func eightWritersLoseNoUpdate() throws {
        let fixture = try LedgerFixture()
        let (path, counter) = (fixture.path, counter)
        let perWriter = 20
        let results = Workers.map(Array(0..<8), total: 8, perKey: 8, key: { _ in 0 }) { writer in
            Result {
                let ledger = try Ledger.open(path: path, lockWaitSeconds: 120)
                for _ in 0..<perWriter {
                    try ledger.transact(
                        "production", actor: LedgerFixture.ada,
                        event: LedgerEvent("counted", subject: "Count", key: "\(writer)"),
                        time: LedgerFixture.start
                    ) { draft in
                        let value = try draft.read(Int.self, at: counter) ?? 0
                        try draft.set(counter, json: value + 1)
                        return .commit
                    }
                }
            }
        }
        for result in results { try result.get() }
        let snapshot = try #require(try fixture.ledger.snapshot("production"))
        #expect(try snapshot.read(Int.self, at: counter) == 8 * perWriter)
        let history = try snapshot.history(limit: 1000)
        #expect(history.count == 8 * perWriter)
        #expect(Set(history.compactMap(\.event.key)).count == 8)
        #expect(try fixture.git("fsck", "--strict", "--full") == "")
        #expect(try fixture.ledger.verify().isSound)
    }

    @Test func aLockHeldByAnotherProcessNamesIt() throws {
        let fixture = try LedgerFixture(lockWaitSeconds: 0.05)
        try fixture.record(counter, "1")
        let holder = try LockHolder(
            path: fixture.path + "/plumb.lock", note: "process 4711 on db-0")
        let error = ledgerError { try fixture.record(counter, "2") }
        #expect(error?.code == .locked && error?.retry == .retryable)
        #expect(error?.message.contains("process 4711 on db-0") == true)
        #expect(try fixture.text(counter) == "1", "reading needs no lock")
        holder.end()
        try fixture.record(counter, "3")
        #expect(try fixture.text(counter) == "3")
    }

    @Test func aTransitionInsideATransitionIsRefusedInsteadOfHanging() throws {
        let fixture = try LedgerFixture(lockWaitSeconds: 0.05)
        let error = ledgerError {
            try fixture.ledger.transact(
                "production", actor: LedgerFixture.ada,
                event: LedgerEvent("noted", subject: "x"), time: LedgerFixture.start
            ) { _ in
                try fixture.record(counter, "inner")
                return .commit
            }
        }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process \(getpid()) on ") == true)
    }

    /// What a writer that was killed in the middle leaves behind.
    private func leaveRemains(_ fixture: LedgerFixture) throws -> [String] {
        let files = [
            "refs/heads/production.lock", "packed-refs.lock", "HEAD.lock",
            "objects/00/tmp_object_git2_a1B2c3", "objects/pack/pack_git2_d4E5f6",
        ]
        for file in files {
            let url = URL(fileURLWithPath: "\(fixture.path)/\(file)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("cut off".utf8).write(to: url)
        }
        return files.filter { FileManager.default.fileExists(atPath: "\(fixture.path)/\($0)") }
    }

    private func present(_ files: [String], _ fixture: LedgerFixture) -> [String] {
        files.filter { FileManager.default.fileExists(atPath: "\(fixture.path)/\($0)") }
    }

    @Test func theRemainsOfAKilledWriterAreClearedAway() throws {
        let fixture = try LedgerFixture()
        try fixture.record(counter, "1")
        let files = try leaveRemains(fixture)
        #expect(files.count == 5)
        // A writer that dies leaves its note; one that ends empties the file.
        let writer = try LockHolder(
            path: fixture.path + "/plumb.lock", note: "process 4711 on db-0")
        writer.kill()
        try fixture.record(counter, "2")
        #expect(present(files, fixture) == [])
        #expect(try fixture.text(counter) == "2")
        #expect(FileLock.holder(of: fixture.path + "/plumb.lock") == "")
    }

    /// Making a ledger takes the same lock, so it is the one to hear of the writer that died.
    @Test func theRemainsOfAKilledCreatorAreClearedAway() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger.git"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        try folder.write("cut off", to: "ledger.git/config.lock")
        let creator = try LockHolder(path: path + "/plumb.lock", note: "process 4711 on db-0")
        creator.kill()
        let ledger = try Ledger.open(path: path)
        try ledger.make()
        #expect(!FileManager.default.fileExists(atPath: path + "/config.lock"))
        #expect(try ledger.verify().strayFiles == [])
    }

    @Test func theFilesOfARunningGitCommandAreLeftAlone() throws {
        let fixture = try LedgerFixture()
        try fixture.record(counter, "1")
        let files = try leaveRemains(fixture)
        let error = ledgerError { try fixture.record(counter, "2") }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("refs/heads/production.lock: ") == true)
        #expect(present(files, fixture) == files)
        #expect(try fixture.text(counter) == "1")
        // Hours later they are nobody's.
        for file in files {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)],
                ofItemAtPath: "\(fixture.path)/\(file)")
        }
        #expect(try fixture.ledger.verify().strayFiles == files.sorted())
        try fixture.record(counter, "3")
        #expect(present(files, fixture) == [])
        #expect(try fixture.ledger.verify().strayFiles == [])
    }

    @Test func anEnvironmentIsLeasedToOneReconciler() throws {
        let fixture = try LedgerFixture()
        let other = try fixture.reopened()
        var lease: EnvironmentLease? = try fixture.ledger.lease("production", holder: "apply")
        #expect(lease?.environment == "production")
        let error = ledgerError { _ = try other.lease("production", holder: "daemon") }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process \(getpid()) on ") == true)
        #expect(error?.message.contains(" apply; ") == true)
        _ = try other.lease("staging", holder: "daemon")
        // The lease stops no write: those have their own, short lock.
        try fixture.record(counter, "1")
        lease = nil
        _ = try other.lease("production", holder: "daemon")
    }

    /// A process that is being started has copies of all descriptors until it becomes another
    /// program.
    @Test func aLeaseEndsWhereACopyOfItsFileIsStillOpen() throws {
        let fixture = try LedgerFixture()
        let file = fixture.path + "/leases/production"
        var lease: EnvironmentLease? = try fixture.ledger.lease("production", holder: "once")
        #expect(lease != nil)
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let held = try #require(
            descriptors.compactMap { Int32($0) }.first {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))
                    == file
            })
        let copy = dup(held)
        defer { close(copy) }
        lease = nil
        _ = try fixture.ledger.lease("production", holder: "next")
    }

    @Test func aLeaseDiesWithItsProcess() throws {
        let fixture = try LedgerFixture()
        _ = try fixture.ledger.lease("production", holder: "once")
        let holder = try LockHolder(
            path: fixture.path + "/leases/production", note: "process 4711 on db-0: plumb apply")
        let error = ledgerError { _ = try fixture.ledger.lease("production", holder: "me") }
        #expect(error?.message.contains("process 4711 on db-0: plumb apply") == true)
        holder.kill()
        _ = try fixture.ledger.lease("production", holder: "me")
    }
}

/// Another process that holds a lock file, with its note in it.
private final class LockHolder {
    private let process = Process()
    private let input = Pipe()

    /// Returns when the lock is held.
    init(path: String, note: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The shell itself holds the descriptor, so that ending it frees the lock.
        process.arguments = [
            "sh", "-c",
            "exec 9<>\"$0\" && flock -x 9 && printf '%s' \"$1\" >&9 && echo held && read line",
            path, note,
        ]
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        guard String(decoding: line, as: UTF8.self) == "held\n" else {
            throw TestSupportError("the lock on \(path) was not taken")
        }
    }

    /// Ends it as a program that cleans up after itself.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
