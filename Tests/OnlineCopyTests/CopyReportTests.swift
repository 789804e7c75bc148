import Foundation
import OnlineCopy
import TestSupport
import Testing

@Suite("A copy says how far it is, from 0 to 100 and never less")
struct CopyReportTests {
    @Test(arguments: TestServer.available) func itGoesUpTo100(kind: TestServer.Kind) throws {
        let fixture = try CopyFixture(
            kind, "(id int NOT NULL PRIMARY KEY, k int)", becomes: "MODIFY k bigint, ADD KEY (k)")
        let rows = (0..<3_000).map { "(\($0), \($0))" }.joined(separator: ", ")
        try fixture.root.execute("INSERT INTO t VALUES \(rows)")
        _ = try fixture.root.query("ANALYZE TABLE t")
        var copy = try fixture.copy(chunkSeconds: 0.0001)
        var reports = [copy.report]
        while copy.status != .ready {
            if reports.count == 5 {
                // Another process says no less.
                copy.end()
                copy = try fixture.copy(chunkSeconds: 0.0001)
            }
            reports.append(copy.report)
            _ = try copy.work(seconds: 0)
        }
        reports.append(copy.report)
        let percents = reports.map(\.percent)
        #expect(percents.first == 0)
        #expect(percents == percents.sorted(), "\(percents)")
        #expect(percents.dropLast().allSatisfy { $0 < 100 })
        #expect(Set(percents).count > 3)
        #expect(percents.last == 100)
        #expect(reports.first?.part == .copying)
        let end = try #require(reports.last)
        #expect(end.part == .ready)
        #expect(end.rows == 3_000)
        #expect(end.secondsLeft == 0)
        #expect(end.backlog == 0)
        #expect(end.waitsFor == nil)
        #expect((1_000...10_000).contains(end.expectedRows ?? 0))
        #expect(end.bytes == end.expectedBytes)
        #expect(end.bytes ?? 0 > 10_000)
        try fixture.cutOver(copy)
        let last = copy.report
        #expect(last.part == .swapped)
        let data = try JSONEncoder().encode(last)
        #expect(try JSONDecoder().decode(CopyReport.self, from: data) == last)
    }
}
