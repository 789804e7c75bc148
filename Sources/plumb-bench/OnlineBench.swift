import Foundation
import MySQLClient
import OnlineCopy

/// Measures an online copy of one table against the server's own copying `ALTER` and against
/// `pt-online-schema-change`, and what writers notice of each. Needs a server that logs rows.
struct OnlineBench {
    let subject: OnlineSubject
    let peer: OnlinePeer?

    private static let rounds = 3
    /// The statements of the writers in a second.
    private static let rates = [400.0, 2_500.0]

    func run(_ board: inout Scoreboard) throws {
        board.heading("A table of \(subject.rows) rows copied beside its writers")
        let connection = try subject.makeDatabase()
        try subject.fill(connection)
        try idle(connection, &board)
        for rate in Self.rates {
            try subject.fill(connection)
            try besideWriters(rate, connection, &board)
        }
        board.note("memory", Machine.peakMegabytes.map(Text.megabytes) ?? "unknown")
        try connection.execute("DROP DATABASE \(OnlineSubject.database)")
    }

    // MARK: Nobody writes

    /// What one method took in each round: seconds, and of these what the server computed.
    private struct Method {
        var seconds = Series()
        var work = Series()

        var text: String {
            "\(Text.series(seconds)), \(Text.seconds(work.median)) of the server's processor"
        }

        /// The ratio to another one, round by round.
        func times(_ other: Method) -> Double {
            var ratios = Series()
            for (own, other) in zip(seconds.seconds, other.seconds.seconds) {
                ratios.add(own / other)
            }
            return ratios.median
        }
    }

    /// Each method in turn, so that all meet the same machine.
    private func idle(_ connection: Connection, _ board: inout Scoreboard) throws {
        var (floor, native, own, other) = (Method(), Method(), Method(), Method())
        var parts: [CopyStatus: Series] = [:]
        let job = try subject.job(connection)
        func measure(_ method: inout Method, _ body: () throws -> Void) throws {
            let before = try subject.processorSeconds(connection)
            method.seconds.add(try Stopwatch.time(body).seconds)
            method.work.add(try subject.processorSeconds(connection) - before)
        }
        for _ in 0..<Self.rounds {
            try measure(&floor) {
                try connection.execute("CREATE TABLE u LIKE t")
                try connection.execute("INSERT INTO u SELECT * FROM t")
            }
            try measure(&native) {
                try connection.execute("ALTER TABLE u \(OnlineSubject.change), ALGORITHM=COPY")
            }
            try connection.execute("DROP TABLE u")
            var copy: TableCopy?
            try measure(&own) { copy = try self.copy(job, &parts) }
            if let copy { try subject.abandon(copy, job) }
            if let peer { try measure(&other) { try peer.run() } }
        }
        board.note("one INSERT … SELECT", floor.text)
        board.note("the server's ALTER, COPY", native.text)
        if peer != nil { board.note("pt-online-schema-change", other.text) }
        board.note("copied and compared", own.text)
        for (status, name) in [
            (CopyStatus.copying, "copying"), (.indexing, "indexes"), (.comparing, "comparing"),
        ] {
            guard let series = parts[status] else { continue }
            board.note("  of that \(name)", Text.series(series))
        }
        board.record(
            "rows a second", figure: "copied and compared",
            value: Double(subject.rows) / own.seconds.median, goal: .atLeast(250_000), Text.count)
        board.record(
            "as long as the server's ALTER", figure: Text.seconds(own.seconds.median),
            value: own.times(native), goal: .atMost(1), Text.times)
        if peer != nil {
            board.record(
                "the peer takes as long", figure: Text.seconds(other.seconds.median),
                value: other.times(own), goal: .atLeast(1.8), Text.times)
        }
    }

    /// One copy, with all rows compared; adds what each part of it took to `parts`.
    private func copy(_ job: CopyJob, _ parts: inout [CopyStatus: Series]) throws -> TableCopy {
        var seconds: [CopyStatus: Double] = [:]
        let copy = try subject.begin(job)
        while copy.status != .ready {
            let status = copy.status
            seconds[status, default: 0] += try Stopwatch.time {
                _ = try copy.work(seconds: 0)
            }.seconds
        }
        for (status, value) in seconds { parts[status, default: Series()].add(value) }
        return copy
    }

    // MARK: Beside writers

    private func besideWriters(
        _ rate: Double, _ connection: Connection, _ board: inout Scoreboard
    ) throws {
        let writers = try OnlineWriters(count: 2, rate: rate, rows: subject.rows) {
            try subject.inside()
        }
        defer { writers.end() }
        let before = try writers.measure(seconds: 5) {}
        board.note(
            "\(Text.count(rate)) writes a second",
            "without a copy \(Text.count(before.rate)), "
                + "longest \(Text.milliseconds(before.longestSeconds))")
        if let peer {
            let during = try writers.measure { try peer.run() }
            board.note(
                "  pt-online-schema-change",
                "\(Text.seconds(during.seconds)), \(Text.count(during.rate)) writes a second, "
                    + "longest \(Text.milliseconds(during.longestSeconds)), "
                    + "\(during.errors.count) errors")
        }
        let job = try subject.job(connection)
        var (stall, attempts) = (0.0, 0)
        let during = try writers.measure {
            let copy = try subject.begin(job)
            while try copy.work(seconds: 10) != .ready {}
            (stall, attempts) = try subject.cutOver(copy, job)
        }
        board.note(
            "  copied, compared, cut over",
            "\(Text.seconds(during.seconds)), cutover \(Text.milliseconds(stall)) at attempt "
                + "\(attempts)")
        board.record(
            "  writes kept at \(Text.count(rate))", figure: "\(Text.count(during.rate)) a second",
            against: "of what they are without it", value: during.rate / before.rate,
            goal: .atLeast(0.98), Text.times)
        board.record(
            "  longest write at \(Text.count(rate))", figure: "of \(during.count)",
            value: during.longestSeconds, goal: .atMost(0.1), Text.milliseconds)
        board.record(
            "  errors given at \(Text.count(rate))",
            figure: during.errors.first ?? "of \(during.count) writes",
            value: Double(during.errors.count), goal: .atMost(0), Text.count)
    }
}
