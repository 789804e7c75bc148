/// How far a copy is, for people and for programs.
package struct CopyReport: Codable, Hashable, Sendable {
    package enum Part: String, Codable, Sendable {
        case copying, indexing, comparing, ready, swapped
    }

    package let table: String
    package let part: Part
    /// Rows that were copied in the order of the key, and rows that changed meanwhile and were
    /// brought over, as often as they were.
    package let rows: Int
    package let changes: Int
    /// What the server thought, when the copy was begun, that the table has: rows, and bytes with
    /// its indexes.
    package let expectedRows: Int?
    package let expectedBytes: Int?
    /// The bytes that the copied rows are of these, about.
    package let bytes: Int?
    /// What is done of all, from 0 to 100; never less than before, also after a restart.
    package let percent: Double
    /// Rows a second of this part, copied or compared, of late.
    package let rowsPerSecond: Double?
    /// At the speed of late; nil where nothing moves.
    package let secondsLeft: Double?
    /// Rows that changed and are still to be brought over, as far as the log was read.
    package let backlog: Int
    /// How far the reading of the log is behind.
    package let logSeconds: Double
    /// Rows that differed for no reason that is known, and were copied again.
    package let repaired: Int
    /// Why it waits, as a sentence; nil where it goes on.
    package let waitsFor: String?
}

extension TableCopy {
    /// How far it is now.
    package var report: CopyReport {
        let percent = measure()
        return CopyReport(
            table: job.names.table, part: part, rows: progress.rows, changes: progress.changes,
            expectedRows: progress.rowsExpected, expectedBytes: progress.bytesExpected,
            bytes: progress.bytesExpected.map { Int(Double($0) * copied) },
            percent: percent, rowsPerSecond: meter.rowsPerSecond(at: now, rows: rowsOfPart),
            secondsLeft: part == .ready || part == .swapped ? 0 : meter.secondsLeft(at: now),
            backlog: pending.count, logSeconds: logSeconds, repaired: progress.repaired,
            waitsFor: waitsFor)
    }

    private var part: CopyReport.Part {
        switch progress.phase {
        case .copying: .copying
        case .indexing: .indexing
        case .following: progress.isCompared ? .ready : .comparing
        case .swapped, .reverted, .leaving: .swapped
        }
    }

    private var rowsOfPart: Int { progress.phase == .copying ? progress.rows : compared?.rows ?? 0 }

    /// What is copied, from 0 to 1.
    private var copied: Double {
        progress.phase == .copying
            ? CopyMeter.fraction(progress.rows, of: progress.rowsExpected ?? 0) : 1
    }

    /// Takes note of how far it is; returns the hundredths.
    @discardableResult
    func measure() -> Double {
        let isIndexed = progress.phase == .following || progress.phase == .swapped
        let percent = meter.percent(
            copied: copied, indexed: isIndexed ? 1 : meter.indexed,
            compared: progress.isCompared
                ? 1 : CopyMeter.fraction(compared?.rows ?? 0, of: max(progress.rows, 1)),
            known: progress.percent ?? 0)
        meter.note(at: now, rows: rowsOfPart)
        return percent
    }
}
