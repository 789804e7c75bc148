import Basics
import Foundation
import MySQLClient
import Schema

/// Copies a table online: row ranges in the order of its key, and rows that change meanwhile by
/// their keys, which the binary log tells.
///
/// Each row is brought over as it stands when it is read, by the server itself, from the table into
/// its copy: values become those of the new definition as in an `ALTER TABLE`. A change in the log
/// says only which rows are to be brought over again. Each transaction also writes how far the copy
/// is, so that it goes on after the end of its process as if nothing had been.
///
/// One thread uses it. A chunk costs a look for its end and one `INSERT … SELECT`; changed rows
/// cost a `DELETE` and an `INSERT … SELECT` for each 500 of them.
package final class TableCopy {
    let session: CopySession
    let job: CopyJob
    let feed: any ChangeFeed
    private let table: ProgressTable
    package private(set) var progress: CopyProgress
    private var mark: UInt64
    var pending: PendingKeys
    private var chunk: ChunkSize
    /// The highest mark that was read back from the log; of earlier ones nobody waits for any.
    private var seen: UInt64
    /// How far the comparison is that is under way.
    var compared: ComparedRows?
    /// Says when it has to wait for others; nil where nobody does.
    package var brake: (any CopyBrake)?
    /// Why it waits just now, as a sentence; nil where it goes on.
    package internal(set) var waitsFor: String?
    /// Opens a further session with the server, for what can be done at the same time: the indexes
    /// are built in it while rows are compared. Nil does one behind the other.
    package var openFurther: (() throws(MySQLError) -> Connection)?
    /// The indexes that are being built in a further session.
    var build: IndexBuild?
    var buildsAlone = false
    /// When the copy committed what.
    private var marks = MarkHistory()
    private let began = ContinuousClock.now
    var meter = CopyMeter()

    /// Goes on with a copy that is there.
    ///
    /// - Parameters:
    ///   - feed: reads the log from the place of `progress` on.
    init(
        _ session: CopySession, progress: CopyProgress, mark: UInt64, feed: any ChangeFeed,
        chunkSeconds: Double = 0.05
    ) {
        self.session = session
        job = session.job
        self.feed = feed
        table = ProgressTable(session: session)
        self.progress = progress
        self.mark = mark
        seen = mark
        pending = PendingKeys(from: progress.place)
        chunk = ChunkSize(seconds: chunkSeconds)
    }

    /// The number of its session on the server.
    package var sessionID: UInt64 { session.connection.threadID }

    /// Lets go of the log; the copy goes on with another one.
    package func end() {
        build?.cancel()
        feed.end()
        session.connection.close()
    }

    // MARK: Following

    /// The most keys of one statement.
    private static let batch = 500

    /// Takes in what the log has told meanwhile.
    func listen(waiting seconds: Double = 0) throws(CopyFailure) {
        for change in try feed.take(waiting: seconds) {
            switch change {
            case .rows(let keys): pending.add(keys)
            case .mark(let number):
                seen = max(seen, number)
                pending.passMark()
            case .place(let place): pending.pass(place)
            case .redefined(let statement):
                throw .moved("somebody changed \(job.table) meanwhile: \(statement)")
            }
        }
    }

    /// Brings rows over that have changed, one batch of them.
    ///
    /// - Parameter all: whether the table is locked, so that everything is visible.
    /// - Returns: how many; 0 where none is ready.
    @discardableResult
    func follow(all: Bool = false) throws(CopyFailure) -> Int {
        let keys = pending.ready(limit: Self.batch, all: all)
        guard !keys.isEmpty else { return 0 }
        var tried = keys
        do throws(CopyFailure) {
            try ridingOutDuplicates { isFirst throws(CopyFailure) in
                // What is in the way is in a row whose own change is still to come.
                if !isFirst { tried = pending.ready(limit: Self.batch * 20, all: all) }
                try bring(tried)
            }
        } catch {
            throw RefusedRow(session: session).explaining(error, keys: tried)
        }
        return keys.count
    }

    /// Runs `body` again where a value is in the way that another row had, whose change is still to
    /// be brought over; throws where it stays in the way.
    private func ridingOutDuplicates(
        _ body: (_ isFirst: Bool) throws(CopyFailure) -> Void
    ) throws(CopyFailure) {
        var attempts = 0
        while true {
            do throws(CopyFailure) {
                return try body(attempts == 0)
            } catch {
                attempts += 1
                guard case .server(let failure) = error, failure.number == Self.duplicate,
                    attempts < 20
                else { throw error }
                try hear(upTo: writingMark())
            }
        }
    }

    /// `ER_DUP_ENTRY`.
    private static let duplicate: UInt32 = 1062

    /// Brings rows over as they stand now, and takes away those that are gone.
    private func bring(_ keys: [[String]]) throws(CopyFailure) {
        let wanted = job.key.isOne(of: keys)
        // Rows behind the copied ones are for a later chunk, which will see them as they are then.
        var reached: [String] = []
        if progress.phase == .copying {
            guard let copied = progress.copied else { return pending.remove(keys) }
            reached = [job.key.isUpTo(copied)]
        }
        let condition = ([wanted] + reached).joined(separator: " AND ")
        let place = pending.done(without: keys)
        try write { next throws(CopyFailure) in
            try session.bring(wanted, where: condition)
            next.changes += keys.count
            next.place = place
        }
        pending.remove(keys)
    }

    /// Writes a mark, behind which what the log has told is ready.
    ///
    /// - Returns: its number.
    func writingMark() throws(CopyFailure) -> UInt64 {
        try write { next throws(CopyFailure) in next.place = pending.done }
        return mark
    }

    /// Listens until the log has told of this mark.
    func hear(upTo number: UInt64) throws(CopyFailure) {
        var end = now + Self.longestSilence
        while seen < number {
            let before = pending.place
            try listen(waiting: 0.1)
            // A reader that is behind is not one that hears nothing.
            if pending.place != before { end = now + Self.longestSilence }
            guard now < end || seen >= number else {
                throw .interrupted(
                    "the binary log has not told of the copy's own change for "
                        + "\(Int(Self.longestSilence)) s")
            }
        }
    }

    private static let longestSilence = 60.0

    /// The same, but only for so many seconds.
    ///
    /// - Returns: whether the log has told of it.
    func hears(upTo number: UInt64, within seconds: Double) throws(CopyFailure) -> Bool {
        let end = now + seconds
        while seen < number, now < end { try listen(waiting: 0.02) }
        return seen >= number
    }

    /// Runs one transaction of the copy, with its progress.
    func write(
        _ body: (inout CopyProgress) throws(CopyFailure) -> Void
    ) throws(CopyFailure) {
        var next = progress
        try session.transaction { () throws(CopyFailure) in
            try body(&next)
            next.percent = measure()
            try table.write(next, mark: mark + 1)
        }
        mark += 1
        progress = next
        marks.note(mark, at: now)
        brake?.note(mark: mark, commitSeconds: session.commitSeconds)
    }

    /// Seconds since it was begun or taken up.
    var now: Double { (ContinuousClock.now - began) / .seconds(1) }

    /// How long ago the copy committed what the log has not told of yet, in seconds.
    var logSeconds: Double { marks.lagSeconds(of: seen, at: now) ?? 0 }

    /// How long ago it committed anything, in seconds.
    var silenceSeconds: Double { marks.latest.map { now - $0 } ?? .infinity }

    // MARK: Copying

    /// Copies one chunk.
    ///
    /// - Returns: false once all rows were copied.
    func copyChunk() throws(CopyFailure) -> Bool {
        guard progress.phase == .copying else { return false }
        let began = ContinuousClock.now
        let (condition, end) = try session.range(behind: progress.copied, rows: chunk.rows)
        var count = 0
        do throws(CopyFailure) {
            try ridingOutDuplicates { isFirst throws(CopyFailure) in
                if !isFirst { while try follow() > 0 {} }
                count = try copy(condition, to: end)
            }
        } catch {
            throw RefusedRow(session: session).explaining(error, where: condition)
        }
        chunk.learn(rows: count, took: (ContinuousClock.now - began) / .seconds(1))
        return true
    }

    /// Copies the rows of one chunk, up to the key `end`; all that are left where it is nil.
    private func copy(_ condition: String?, to end: [String]?) throws(CopyFailure) -> Int {
        var count = 0
        try write { next throws(CopyFailure) in
            try session.execute(job.insertion(where: condition))
            let counted = try session.query("SELECT ROW_COUNT()").first
            count = counted?[0].flatMap { Int($0) } ?? 0
            next.rows += count
            next.place = pending.done
            if let end {
                next.copied = end
            } else {
                // That was everything that was left, also what came while it was copied.
                next.phase = .indexing
            }
        }
        return count
    }
}
