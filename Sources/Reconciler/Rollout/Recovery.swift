import Model
import Reports
import Schema

/// Settles what an interrupted run left: reads the tables and records the outcome; changes no
/// shard.
///
/// It takes the shard's lock first, which proves that no statement of the interrupted run is still
/// running. What did not run is planned again.
package struct Recovery: Sendable {
    private let opener: any ShardOpener
    /// Opens shards once one could not be opened: nobody waits as long for each of many.
    private let hasty: any ShardOpener
    private let journal: any OperationJournal
    private let faults: FaultPoints
    private let engines: Engines

    package init(
        opener: any ShardOpener, hasty: (any ShardOpener)? = nil,
        journal: any OperationJournal, faults: FaultPoints = .none, engines: Engines = .standard
    ) {
        self.opener = opener
        self.hasty = hasty ?? opener
        self.journal = journal
        self.faults = faults
        self.engines = engines
    }

    /// Settles every record; keeps those whose shard cannot be read, with the reason.
    ///
    /// Each shard is opened once, whatever the number of its records.
    ///
    /// - Parameter obstacle: why reading its shard does not settle a record, which then stays: the
    ///   shard left the fleet, or is at another place than where the operation began. Nobody knows
    ///   whether a statement runs there.
    package func settle(
        _ records: [PendingRecord], obstacle: (PendingRecord) -> String? = { _ in nil }
    ) throws(JournalFailure) -> [ReconcileReport.Recovered] {
        var found: [ReconcileReport.Recovered] = []
        let shards = Dictionary(grouping: records, by: \.key.shardID)
        var isHasty = false
        for (shard, records) in shards.sorted(by: { $0.key < $1.key }) {
            var direct: [PendingRecord] = []
            for record in records.sorted(by: { $0.key < $1.key }) {
                if let obstacle = obstacle(record) {
                    found.append(
                        Self.line(record, .unknown, SetAside.reason(record.key, obstacle)))
                } else if let line = outstanding(record) {
                    found.append(line)
                } else {
                    direct.append(record)
                }
            }
            guard !direct.isEmpty else { continue }
            found += try settle(direct, on: shard, isHasty ? hasty : opener, &isHasty)
        }
        return found
    }

    /// What is not settled by reading the table: what its engine has begun beside it goes on, and
    /// what no engine of this release understands stays as it is.
    private func outstanding(_ record: PendingRecord) -> ReconcileReport.Recovered? {
        if let reason = engines.refusal(of: record) { return Self.line(record, .unknown, reason) }
        guard let engine = engines.engine(of: record.step), engine.isStaged else { return nil }
        return Self.line(record, .resumed, record.engine.flatMap(engine.progress) ?? "goes on")
    }

    /// Reads the tables of one shard under its lock, and then records the outcomes.
    private func settle(
        _ records: [PendingRecord], on shard: ShardID, _ opener: any ShardOpener,
        _ isHasty: inout Bool
    ) throws(JournalFailure) -> [ReconcileReport.Recovered] {
        let live: [Result<LiveFinding, ShardFailure>]
        do throws(ShardFailure) {
            live = try opener.withShard(shard) { port throws(ShardFailure) in
                records.map { record in
                    Result { () throws(ShardFailure) in try port.find(record.step) }
                }
            }
        } catch {
            live = records.map { _ in .failure(error) }
            isHasty = true
        }
        var found: [ReconcileReport.Recovered] = []
        for (record, live) in zip(records, live) {
            switch live {
            case .success(let live): found.append(try conclude(record, live))
            case .failure(let error): found.append(Self.line(record, .unknown, error.message))
            }
        }
        return found
    }

    private func conclude(
        _ record: PendingRecord, _ live: LiveFinding
    ) throws(JournalFailure) -> ReconcileReport.Recovered {
        let (outcome, finding) = Self.classify(live, against: record)
        try faults.reach(.beforeOutcome)
        try journal.finish(record, outcome)
        try faults.reach(.afterOutcome)
        return Self.line(record, finding, outcome.message ?? "")
    }

    /// The outcome that the live table shows.
    static func classify(
        _ finding: LiveFinding, against record: PendingRecord
    ) -> (OperationOutcome, finding: ReconcileReport.Finding) {
        let live: Digest?
        switch finding {
        case .digest(let digest): live = digest
        case .both(let old, let new):
            let message = LiveFinding.obstruction(old: old, new: new)
            return (unknown(found: nil, message, record), .superseded)
        }
        let chain = record.step.digests
        let last = chain.count - 1
        if live == chain[last] {
            let message = "found done after an interruption"
            return (
                OperationOutcome(kind: .completed(ran: true), message: message, attempts: 0),
                .completed
            )
        }
        let place = chain[..<last].lastIndex(of: live)
        if let place, place <= record.begun ?? 0 {
            let message = "found not run after an interruption"
            return (OperationOutcome(kind: .notRun, message: message, attempts: 0), .notRun)
        }
        if let place {
            let message =
                "\(place) of \(Count.of(last, "statement")) ran; the rest is planned again"
            return (
                OperationOutcome(kind: .partly(found: live), message: message, attempts: 0),
                .partly
            )
        }
        let message = "the live table is neither what the plan started from nor its result"
        return (unknown(found: live, message, record), .superseded)
    }

    /// Whether its statement ran before somebody else changed the table cannot be determined: it
    /// counts as run, and its approval as used up.
    private static func unknown(
        found: Digest?, _ message: String, _ record: PendingRecord
    ) -> OperationOutcome {
        let used = record.approval.map {
            "; whether a statement ran before cannot be determined, so approval \($0.short) "
                + "counts as used up"
        }
        var outcome = OperationOutcome(
            kind: .superseded(found: found), message: message + (used ?? ""), attempts: 0)
        outcome.ranStatement = true
        return outcome
    }

    private static func line(
        _ record: PendingRecord, _ finding: ReconcileReport.Finding, _ message: String
    ) -> ReconcileReport.Recovered {
        ReconcileReport.Recovered(key: record.key, finding: finding, message: message)
    }
}
