import Basics
import Schema

/// What is there of a copy, in whatever moment its process ended.
package struct CopyRecord {
    private let session: CopySession
    private let table: ProgressTable
    private var job: CopyJob { session.job }

    package init(_ session: CopySession) {
        self.session = session
        table = ProgressTable(session: session)
    }

    /// The progress of a copy for this change, with the number of its last transaction; nil where
    /// there is none.
    ///
    /// Where the names were changed and that was not recorded any more, it is recorded now. Throws
    /// `stopped` where a copy for another change is there.
    package func read() throws(CopyFailure) -> (mark: UInt64, progress: CopyProgress)? {
        guard var (mark, progress) = try table.read() else { return nil }
        guard progress.fingerprint == job.fingerprint else {
            throw .stopped(
                "a copy of \(job.table) for another change is there: end that one first")
        }
        let ways = job.wayBack == nil ? [job, try? job.reversed()] : [job]
        for way in ways.compactMap(\.self) where way.phaseInFrontOfSwap == progress.phase {
            guard try wasSwapped(way, progress) else { continue }
            progress.phase = way.phaseBehindSwap
            mark += 1
            try table.write(progress, mark: mark)
            break
        }
        return (mark, progress)
    }

    /// Whether the names were changed: nobody else has made these two tables of these three names.
    private func wasSwapped(
        _ way: CopyJob, _ progress: CopyProgress
    ) throws(CopyFailure) -> Bool {
        guard progress.isCompared, try !session.hasTable(way.names.shadow),
            try session.hasTable(way.names.former), try session.hasTable(way.names.table)
        else { return false }
        guard try Definition.isThere(way.to, as: way.names.table, on: session) else {
            return false
        }
        return try Definition.isThere(way.from, as: way.names.former, on: session)
    }
}

extension CopyJob {
    /// What must be the same for a copy to go on: both definitions, and how rows are copied.
    package var fingerprint: String {
        if let wayBack { return wayBack.fingerprint }
        let texts = [from, to].map { table in
            var table = table
            table.autoIncrement = nil
            return table.showCreate(flavour: flavour)
        }
        return Digest(of: (texts + [insertion(where: nil)]).joined(separator: "\n")).hex
    }

    fileprivate var phaseInFrontOfSwap: CopyProgress.Phase {
        wayBack == nil ? .following : .swapped
    }

    var phaseBehindSwap: CopyProgress.Phase { wayBack == nil ? .swapped : .reverted }
}
