import Basics
import Foundation
import Git
import TestSupport
import Testing

@testable import Ledger

@Suite("A full disk moves nothing")
struct DiskFullTests {
    /// In a process of its own, since the limit on the size of files holds for a whole process.
    @Test func isToldAsSuchAndTheBranchStays() async {
        await #expect(processExitsWith: .success) {
            ChildProcess.run {
                try DiskFull.check()
            }
        }
    }
}

private enum DiskFull {
    struct Wrong: Error { let what: String }

    static func check() throws {
        let fixture = try LedgerFixture()
        let document = LedgerPath("fleet", "shop", "0")
        let before = try fixture.record(document, "1")
        signal(SIGXFSZ, SIG_IGN)
        try limitFiles(to: 8192)
        var random = SeededGenerator(seed: 1)
        // One large document as a loose object, and many as a pack.
        for count in [1, 200] {
            let error = ledgerError {
                try fixture.ledger.transact(
                    "production", actor: LedgerFixture.ada,
                    event: LedgerEvent("noted", subject: "Big"), time: LedgerFixture.start
                ) { draft in
                    for number in 0..<count {
                        let bytes = (0..<(100_000 / count)).map { _ in
                            UInt8.random(in: 0...255, using: &random)
                        }
                        try draft.set(LedgerPath("big", "\(number)"), bytes)
                    }
                    return .commit
                }
            }
            try require(error?.code == .diskFull, "\(count): \(String(describing: error))")
            try require(error?.retry == .retryable, "retry class")
        }
        let snapshot = try fixture.reopened().snapshot("production")
        try require(snapshot?.commit == before, "the branch moved")
        try require(try snapshot?.read(document) == Array("1".utf8), "the document changed")
        try limitFiles(to: nil)
        try fixture.record(document, "2")
        try require(try fixture.text(document) == "2", "no write after room was made")
    }

    /// Makes every longer file fail as a full disk does; nil takes the limit away.
    private static func limitFiles(to bytes: UInt?) throws {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        try require(getrlimit(resource, &limit) == 0, "getrlimit")
        limit.rlim_cur = bytes ?? limit.rlim_max
        try require(setrlimit(resource, &limit) == 0, "setrlimit")
    }

    private static func require(_ condition: Bool, _ what: String) throws {
        if !condition { throw Wrong(what: what) }
    }
}
