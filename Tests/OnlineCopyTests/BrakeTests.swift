import Foundation
import TestSupport
import Testing

@testable import OnlineCopy

@Suite("A copy that has to wait goes on following, and says why it waits")
struct BrakeTests {
    /// Has a copy wait for as long as a test wants.
    private final class HandBrake: CopyBrake {
        private let state = Lock<(reason: String?, marks: [UInt64])>((nil, []))

        var marks: [UInt64] { state.withLock { $0.marks } }

        func set(_ reason: String?) { state.withLock { $0.reason = reason } }
        func reason() -> String? { state.withLock { $0.reason } }
        func note(mark: UInt64, commitSeconds seconds: Double) {
            state.withLock { $0.marks.append(mark) }
        }
    }

    private func fixture(_ kind: TestServer.Kind) throws -> CopyFixture {
        let fixture = try CopyFixture(
            kind, "(id int NOT NULL PRIMARY KEY, k int)", becomes: "MODIFY k bigint, ADD KEY (k)")
        let rows = (0..<3_000).map { "(\($0), \($0))" }.joined(separator: ", ")
        try fixture.root.execute("INSERT INTO t VALUES \(rows)")
        return fixture
    }

    @Test(arguments: TestServer.available) func changesAreFollowedMeanwhile(
        kind: TestServer.Kind
    ) throws {
        let fixture = try fixture(kind)
        let brake = HandBrake()
        let copy = try fixture.copy(chunkSeconds: 0.0001)
        copy.brake = brake
        while try copy.work(seconds: 0) == .copying, copy.progress.rows < 1_000 {}
        let rows = copy.progress.rows
        #expect(rows < 3_000)
        brake.set("because")
        try fixture.root.execute("UPDATE t SET k = -1 WHERE id = 5")
        // Its own numbers go on meanwhile, by which replicas are seen.
        let marks = brake.marks.count
        while brake.marks.count < marks + 3 { #expect(try copy.work(seconds: 0) == .copying) }
        #expect(copy.waitsFor == "because")
        #expect(copy.report.waitsFor == "because")
        #expect(copy.progress.rows == rows)
        let value = "SELECT k FROM \(fixture.job.names.shadow) WHERE id = 5"
        while try fixture.root.query(value).first?[0] != "-1" { _ = try copy.work(seconds: 0) }
        brake.set(nil)
        try fixture.finish(copy)
        #expect(copy.waitsFor == nil)
        try fixture.cutOver(copy)
        #expect(brake.marks == brake.marks.sorted())
        #expect(try fixture.root.query("SELECT COUNT(*), MIN(k) FROM t").first?[0] == "3000")
    }

    @Test(arguments: [CopyProgress.Phase.indexing, .following])
    func noPartIsBegunMeanwhile(phase: CopyProgress.Phase) throws {
        let fixture = try fixture(.mariadb1011)
        let brake = HandBrake()
        let copy = try fixture.copy(isBeside: false)
        copy.brake = brake
        while copy.progress.phase != phase { _ = try copy.work(seconds: 0) }
        brake.set("because")
        let status = copy.status
        for _ in 0..<5 { #expect(try copy.work(seconds: 0) == status) }
        #expect(copy.progress.phase == phase)
        #expect(copy.compared == nil)
        brake.set(nil)
        try fixture.finish(copy)
        // What is ready waits for nobody.
        brake.set("because")
        #expect(try copy.work(seconds: 0) == .ready)
        #expect(copy.waitsFor == nil)
    }
}
