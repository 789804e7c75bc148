import Basics
import Model
import Reports
import Schema
import Testing

@testable import Views

@Suite("Status says how often what failed, on which shards, and when it is tried again")
struct FailureFactsTests {
    private static let start = Timestamp(secondsSince1970: 1_800_000_000)

    private func failure(
        _ shard: String, _ table: ObjectName, count: Int, message: String? = "Duplicate entry",
        after seconds: Int64 = 0
    ) -> FailureRecord {
        let key = OperationKey(
            shard: ShardID(namespace: "commerce", shard: shard), object: table)
        func next(_ known: FailureRecord?) -> FailureRecord {
            FailureRecord(
                key: key, from: nil, to: nil, rollout: "5b20", message: message,
                at: Self.start.adding(seconds: seconds), after: known)
        }
        return (1..<count).reduce(next(nil)) { known, _ in next(known) }
    }

    @Test("equal ones are one sentence, with the first of their times")
    func grouped() {
        let orders = ObjectName(.table, "orders")
        var status = StatusReport(environment: "production")
        status.failures = [
            failure("s0", orders, count: 3, after: 60), failure("s1", orders, count: 3),
            failure("s2", orders, count: 1), failure("s3", orders, count: 1, message: nil),
            failure("s3", ObjectName(.view, "totals"), count: 1, message: "no\u{1B}[31m such"),
        ]
        let text = StatusText.text(status, exit: .done, width: 400)
        let lines = text.split(separator: "\n").map(String.init)
        let since = "since 2027-01-15T08:00:00Z, and a daemon tries it again at 2027-01-15T08:0"
        #expect(
            lines.prefix(4) == [
                "commerce.orders on s{0,1} failed 3 times \(since)4:00Z, or after `plumb retry`: "
                    + "Duplicate entry",
                "commerce.orders on s2 failed once \(since)1:00Z, or after `plumb retry`: "
                    + "Duplicate entry",
                "commerce.orders on s3 failed once \(since)1:00Z, or after `plumb retry`: it failed",
                "view commerce.totals on s3 failed once \(since)1:00Z, or after `plumb retry`: "
                    + "no\\u{1b}[31m such",
            ])
    }
}
