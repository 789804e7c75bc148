import Desired
import Ledger
import Model
import Schema

/// Rollouts that people take back, and give back. A request is one commit, durable before it is
/// acknowledged: the rollout's end, what is wanted instead, and who wants it.
package struct RollbackRequests {
    /// What a request came to.
    package struct Answer: Sendable {
        /// The id of the rollout that is taken back; nil where every rollback ends, as none can be
        /// read.
        package var rollout: String?
        /// The rollback; nil where only earlier ones end.
        package var record: RollbackRecord?
        /// The rollbacks that end.
        package var ended: [RollbackRecord] = []
        /// Shards that are left out, each with the reason.
        package var left: [ShardID: String] = [:]
        /// How many operations that had not begun never will.
        package var superseded = 0
        /// How many run, and go on to their end.
        package var running = 0
        /// The approvals that were given before and do not count any more on its shards.
        package var withdrawn: [Digest] = []
        /// The rollouts that cannot be read and were left aside, each with the reason.
        package var unread: [String: String] = [:]
    }

    private let store: LedgerStore
    private let hasLeft: (ShardID) -> Bool

    /// - Parameter hasLeft: whether a shard is known to be none of the fleet's any more.
    package init(store: LedgerStore, hasLeft: @escaping (ShardID) -> Bool = { _ in false }) {
        self.store = store
        self.hasLeft = hasLeft
    }

    /// Takes a rollout back: the one with this name, or the latest that changed something.
    package func rollBack(_ name: String?, reason: String) throws -> Answer {
        try store.ledger.requireMade()
        guard let snapshot = try store.snapshot() else { throw Self.nothing(store.environment) }
        let past = try PastRollouts(snapshot)
        let records = try snapshot.rollbacks()
        let rollout = try chosen(name, past, records)
        let draft = try draft(of: rollout, past, records, snapshot)
        let ended = records.filter { draft.ended.contains($0.id) }
        let now = store.now.iso
        var answer = Answer(rollout: rollout.record.id, ended: ended, left: draft.left)
        answer.unread = past.unread.mapValues(\.fault)
        if !draft.groups.isEmpty {
            let seed = "\(rollout.record.id) \(now) \(UInt64.random(in: 0...UInt64.max))"
            answer.record = RollbackRecord(
                id: String(Digest(of: seed).hex.prefix(12)), rollout: rollout.record.id,
                actor: store.actor.name, reason: reason, at: now, groups: draft.groups)
        }
        guard answer.record != nil || !ended.isEmpty else {
            let lefts = draft.left.values.sorted().first
            throw ConfigurationError(
                "nothing of rollout \(rollout.record.id) can be taken back"
                    + (lefts.map { ": \($0)" } ?? ""), remedy: "see `plumb status`", kind: .conflict
            )
        }
        let withdrawn = try WithdrawnApprovals(
            begun: answer.record, ended: ended, in: snapshot)
        answer.withdrawn = withdrawn.shards.keys.sorted()
        answer.record?.withdrawn = answer.withdrawn.isEmpty ? nil : answer.withdrawn
        return try record(answer, withdrawn, over: records, reason: reason)
    }

    /// Gives a rollback up, so that git's state is wanted again: the one with this id, or of this
    /// rollout; without a name the only one.
    package func end(_ name: String?, reason: String) throws -> Answer {
        try store.ledger.requireMade()
        if name == nil, try isUnread() { return try endUnread(reason: reason) }
        let records = try store.snapshot()?.rollbacks() ?? []
        let found = records.filter { name == nil || $0.id == name || $0.rollout == name }
        guard let record = found.first else {
            throw ConfigurationError(
                name.map { "no rollback `\($0)` holds in \(store.environment)" }
                    ?? "no rollback holds in \(store.environment)", remedy: "see `plumb status`",
                kind: .notFound)
        }
        guard found.count == 1 else {
            throw ConfigurationError(
                "\(found.count) rollbacks hold in \(store.environment): "
                    + found.map(\.id).joined(separator: ", "), remedy: "name the one that you mean",
                kind: .conflict)
        }
        let withdrawn = try WithdrawnApprovals(
            begun: nil, ended: [record], in: store.snapshot())
        let (actor, now) = (store.actor.name, store.now)
        let event = LedgerEvent(
            "rollback-ended", subject: "End rollback \(record.id) of rollout \(record.rollout)",
            key: record.id, reason: reason)
        try transact(event) { draft throws(LedgerError) in
            let others = try draft.rollbacks().filter { $0.id != record.id }
            guard try draft.rollbacks().count > others.count else {
                return "rollback \(record.id) has ended meanwhile"
            }
            try draft.setRollbacks(others)
            try Self.release([record], in: &draft)
            try withdrawn.record(
                by: "rollback/\(record.id)/end",
                "the rollback was given up by \(actor) at \(now.iso) (\(reason))", at: now,
                in: &draft)
            return nil
        }
        var answer = Answer(rollout: record.rollout, ended: [record])
        answer.withdrawn = withdrawn.shards.keys.sorted()
        return answer
    }

    /// Whether nobody can tell what is taken back.
    private func isUnread() throws(LedgerError) -> Bool {
        do throws(LedgerError) {
            _ = try store.snapshot()?.rollbacks()
            return false
        } catch  where error.isOfContent {
            return true
        }
    }

    /// Gives every rollback up, as nobody can tell which there are.
    private func endUnread(reason: String) throws -> Answer {
        let event = LedgerEvent(
            "rollback-ended", subject: "End the rollbacks, which cannot be read", reason: reason)
        try store.transact(event) { draft throws(LedgerError) in
            try draft.remove(RecordPath.rollbacks)
            try Self.unconverge(&draft)
            return .commit
        }
        return Answer(rollout: nil)
    }

    // MARK: Which one

    private func chosen(
        _ name: String?, _ past: PastRollouts, _ records: [RollbackRecord]
    ) throws -> PastRollout {
        let rollout: PastRollout
        if let name {
            if let error = past.unread[name] { throw error }
            guard let found = past.records.first(where: { $0.id == name }) else {
                throw ConfigurationError(
                    "the ledger has no rollout `\(name)`", remedy: "see `plumb log`",
                    kind: .notFound)
            }
            rollout = try past.rollout(found)
        } else {
            // Nobody can tell when one began that cannot be read: it may be the one that is meant.
            if let unread = past.unread.min(by: { $0.key < $1.key }) {
                throw ConfigurationError(
                    "which rollout is the latest is not known: the record of rollout \(unread.key) "
                        + "cannot be read (\(unread.value.fault))",
                    remedy: "name the rollout that you mean: `plumb rollback ROLLOUT --reason …`; "
                        + "`plumb log` lists them", kind: .conflict)
            }
            guard let found = try past.latestWithEffect() else {
                throw Self.nothing(store.environment)
            }
            rollout = found
        }
        let id = rollout.record.id
        if let record = records.first(where: { $0.rollout == id }) {
            throw ConfigurationError(
                "rollout \(id) is taken back already: rollback \(record.id) \(record.origin)",
                remedy: "`plumb rollback --end \(record.id) --reason …` has git's state again",
                kind: .conflict)
        }
        guard rollout.changedSomething || !rollout.record.state.isTerminal else {
            throw ConfigurationError(
                "rollout \(id) has ended and changed nothing", remedy: "see `plumb status \(id)`",
                kind: .conflict)
        }
        let carried = rollout.steps.compactMap(\.cause.rollback?.id)
        if name == nil, let record = records.first(where: { carried.contains($0.id) }) {
            throw ConfigurationError(
                "the latest rollout, \(id), carries out rollback \(record.id) of rollout "
                    + "\(record.rollout)",
                remedy: "name the rollout that you mean: `plumb rollback \(id) --reason …` has "
                    + "git's state again", kind: .conflict)
        }
        return rollout
    }

    private static func nothing(_ environment: String) -> ConfigurationError {
        ConfigurationError(
            "no rollout has changed anything in \(environment)", remedy: "see `plumb status`",
            kind: .conflict)
    }

    private func draft(
        of rollout: PastRollout, _ past: PastRollouts, _ records: [RollbackRecord],
        _ snapshot: RecordSnapshot
    ) throws -> RollbackMaker.Draft {
        var texts: [Digest: CatalogTable] = [:]
        for digest in Set(rollout.steps.flatMap(\.tables).flatMap { [$0.from, $0.to] })
            .compactMap(\.self)
        {
            texts[digest] = try Self.definition(digest, in: snapshot)
        }
        let earlier = try past.earlier(than: rollout.record)
        for digest in Set(earlier.flatMap(\.steps).flatMap(\.tables).flatMap { [$0.from, $0.to] })
            .compactMap(\.self) where texts[digest] == nil
        {
            texts[digest] = try Self.definition(digest, in: snapshot)
        }
        let later = try past.later(than: rollout.record)
        let maker = RollbackMaker(
            rollout: rollout, later: later.touched,
            made: try Self.made(by: later.rollouts, past, snapshot), earlier: earlier,
            holding: Set(records.map(\.id)), hasLeft: hasLeft,
            recorded: { try past.recorded($1, on: $0) },
            lookup: { texts[$0] })
        do {
            return try maker.draft()
        } catch let refusal as RollbackMaker.Refusal {
            throw ConfigurationError(refusal.reason, remedy: refusal.remedy, kind: .conflict)
        }
    }

    /// What later rollouts made that may need others, and is there now as they left it.
    private static func made(
        by later: [PastRollout], _ past: PastRollouts, _ snapshot: RecordSnapshot
    ) throws -> [RollbackMaker.Made] {
        var made: [RollbackMaker.Made] = []
        var known: [Digest: CatalogTable?] = [:]
        for rollout in later {
            for step in rollout.steps {
                for table in step.tables {
                    guard let to = table.to else { continue }
                    let found = try known[to] ?? definition(to, in: snapshot)
                    known[to] = .some(found)
                    guard let found, found.table?.foreignKeys.isEmpty != true else { continue }
                    for shard in step.shardIDs
                    where try past.recorded(table.object, on: shard) == to {
                        made.append(
                            .init(
                                rollout: rollout.record.id, shard: shard, object: table.object,
                                definition: found))
                    }
                }
            }
        }
        return made
    }

    /// A definition that the ledger keeps; which kind of server printed it shows in the text.
    private static func definition(
        _ digest: Digest, in snapshot: RecordSnapshot
    ) throws(LedgerError) -> CatalogTable? {
        guard let bytes = try snapshot.read(RecordPath.catalog(digest)) else { return nil }
        let readings = [ServerProfile.Flavour.mariadb, .mysql].map {
            CatalogTable(canonicalText: bytes, flavour: $0)
        }
        let found = readings.first { $0.unsupported == nil } ?? readings.first
        return found?.digest == digest ? found : nil
    }

    // MARK: Recording

    private func record(
        _ answer: Answer, _ withdrawn: WithdrawnApprovals, over known: [RollbackRecord],
        reason: String
    ) throws -> Answer {
        var answer = answer
        guard let id = answer.rollout else { return answer }
        let event = LedgerEvent(
            "rolled-back",
            subject: "Take rollout \(id) back"
                + (answer.ended.isEmpty
                    ? ""
                    : ", which ends rollback " + answer.ended.map(\.id).joined(separator: ", ")),
            key: id, reason: reason)
        let words = "rolled back by \(store.actor.name): \(reason)"
        let stop = RolloutMark.Stop(
            actor: store.actor.name, reason: reason, at: store.now.iso,
            rollback: answer.record?.id ?? answer.ended.first?.id)
        var counts = (superseded: 0, running: 0)
        try transact(event) { [answer, store] draft throws(LedgerError) in
            try draft.requireSameRollbacks(as: known)
            let ended = Set(answer.ended.map(\.id))
            var records = try draft.rollbacks().filter { !ended.contains($0.id) }
            if let record = answer.record { records.append(record) }
            try draft.setRollbacks(records)
            try Self.release(answer.ended, in: &draft)
            // The shards go back behind the commits that they had: their authors count again.
            for group in answer.record?.groups ?? [] {
                for shard in group.shards { try draft.clearRevision(of: group.id(of: shard)) }
            }
            counts = try Self.close(id, stop, words, at: store.now.iso, in: &draft)
            try withdrawn.record(
                by: "rollback/\(stop.rollback ?? id)",
                "the change was taken back by \(stop.actor) at \(stop.at) (\(reason))",
                at: store.now, in: &draft)
            return nil
        }
        (answer.superseded, answer.running) = counts
        return answer
    }

    /// Ends what has not begun of an open rollout, and lets nothing of it begin any more.
    ///
    /// - Returns: how many operations that were, and how many go on to their end.
    private static func close(
        _ id: String, _ stop: RolloutMark.Stop, _ words: String, at now: String,
        in draft: inout LedgerDraft
    ) throws(LedgerError) -> (superseded: Int, running: Int) {
        guard var record = try draft.rollout(id), !record.state.isTerminal else { return (0, 0) }
        var states: [OperationState?] = []
        var approvals: Set<Digest> = []
        var counts = (superseded: 0, running: 0)
        for key in record.operationKeys {
            guard var operation = try draft.operation(id, key) else {
                states.append(nil)
                continue
            }
            if operation.state.isTerminal {
                // It is over.
            } else if try isUnderWay(key, of: id, in: draft) {
                counts.running += 1
            } else {
                operation.state = .superseded
                operation.message = words
                operation.endedAt = now
                try draft.setOperation(operation, of: id)
                counts.superseded += 1
            }
            states.append(operation.state)
            if let approval = operation.approval { approvals.insert(approval) }
        }
        var finalizers: [FinalizerState?] = []
        for finalizer in try draft.finalizers(of: record) {
            guard var finalizer, !finalizer.state.isTerminal else {
                finalizers.append(finalizer?.state)
                continue
            }
            let isRunning = finalizer.state == .running
            finalizer.state = .skipped
            finalizer.message = isRunning ? "\(words), while it ran" : words
            finalizer.endedAt = now
            try draft.setFinalizer(finalizer, of: id)
            draft.furtherEvents.append(
                FinalizerEvent.ended(finalizer, of: id))
            finalizers.append(.skipped)
        }
        try draft.setMark(RolloutMark(stop: stop), of: id)
        record.state =
            RolloutState.derive(from: states, rule: record.failureRule)?.with(finalizers)
            ?? record.state
        if record.state.isTerminal { record.endedAt = now }
        try draft.setRollout(record)
        if record.state.isTerminal { try draft.settleApprovals(approvals) }
        return counts
    }

    /// Whether a statement of the operation may have begun; one of which that cannot be read may.
    private static func isUnderWay(
        _ key: OperationKey, of rollout: String, in draft: LedgerDraft
    ) throws(LedgerError) -> Bool {
        do throws(LedgerError) {
            return try draft.pendingReference(key)?.rollout == rollout
        } catch  where error.isOfContent {
            return true
        }
    }

    /// What rollbacks that end leave behind: what is left of their rollouts may begin again, and
    /// the environment is not where git is.
    private static func release(
        _ ended: [RollbackRecord], in draft: inout LedgerDraft
    ) throws(LedgerError) {
        guard !ended.isEmpty else { return }
        for record in ended {
            guard var mark = try draft.rolloutMark(record.rollout),
                mark.stop?.rollback == record.id
            else { continue }
            mark.stop = nil
            try draft.setMark(mark, of: record.rollout)
        }
        try unconverge(&draft)
    }

    private static func unconverge(_ draft: inout LedgerDraft) throws(LedgerError) {
        guard var environment = try draft.environmentRecord() else { return }
        environment.convergedRevision = nil
        environment.convergedAt = nil
        try draft.set(RecordPath.environment, json: environment)
    }

    /// Commits what `body` makes; throws the refusal that it returns, and commits nothing then.
    private func transact(
        _ event: LedgerEvent,
        _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> String?
    ) throws {
        var refusal: String?
        try store.transact(event) { draft throws(LedgerError) in
            refusal = try body(&draft)
            return refusal == nil ? .commit : .nothing
        }
        if let refusal {
            throw ConfigurationError(refusal, remedy: "see `plumb status`", kind: .conflict)
        }
    }
}
