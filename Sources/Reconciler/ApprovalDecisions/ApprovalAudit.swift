import Basics
import Desired
import Diff
import Git
import Ledger
import Model
import Schema

/// Lists the approvals and denials in the ledger, with who gave each and on what proof, and
/// verifies all of them again.
package struct ApprovalAudit {
    /// One person's approval or denial.
    package struct AuditedEntry: Sendable {
        package let record: ApprovalRecord
        package let entry: ApprovalRecord.Approver
        /// `signed by ada (SHA256:…)`, `declared in commit 5f80e08 by …`, `declared`.
        package let proof: String
        /// The operations that used it.
        package let uses: [ApprovalRecord.Use]
        /// Why it does not verify; nil where it does.
        package let problem: String?
    }

    private let session: LedgerSession

    package init(session: LedgerSession) {
        self.session = session
    }

    /// The approvals and denials that were given or used in a time range, oldest first.
    ///
    /// - Parameters:
    ///   - since: nil for the beginning.
    ///   - until: the first moment that is not in the range; nil for the end.
    package func entries(since: Timestamp?, until: Timestamp?) throws -> [AuditedEntry] {
        guard let snapshot = try session.store.snapshot() else { return [] }
        func isAsked(_ times: [String]) -> Bool {
            times.contains { text in
                // An unreadable time counts as inside every range.
                guard let time = Timestamp(iso: text) else { return true }
                return (since.map { $0 <= time } ?? true) && (until.map { time < $0 } ?? true)
            }
        }
        let examination = try Examination(session: session, snapshot: snapshot)
        var entries: [AuditedEntry] = []
        for record in try LedgerQueries.approvals(in: snapshot) {
            for entry in record.approvers {
                let uses = (record.uses ?? []).filter { $0.entryIDs.contains(entry.identity) }
                guard isAsked([entry.given] + uses.map(\.at)) else { continue }
                entries.append(examination.audited(entry, in: record, uses: uses))
            }
        }
        return entries.sorted {
            ($0.entry.given, $0.record.digest.hex, $0.entry.identity)
                < ($1.entry.given, $1.record.digest.hex, $1.entry.identity)
        }
    }
}

/// Verifies one entry after the other. Whatever of the history or the ledger cannot be read is a
/// problem of the entry that rests on it.
private struct Examination {
    private let session: LedgerSession
    private let snapshot: RecordSnapshot
    private let signers: TrustedSigners
    private let daemons: TrustedDaemons
    private let folding: PeopleFolding
    private let causes = RecordedCauses()

    private var settings: ApprovalSettings { session.request.approvals }

    init(session: LedgerSession, snapshot: RecordSnapshot) throws {
        self.session = session
        self.snapshot = snapshot
        signers = TrustedSigners(session.request.approvals)
        daemons = TrustedDaemons(session.request.approvals)
        folding = try ApprovalCheckFactory(session: session, snapshot: snapshot).folding()
    }

    func audited(
        _ entry: ApprovalRecord.Approver, in record: ApprovalRecord,
        uses: [ApprovalRecord.Use]
    ) -> ApprovalAudit.AuditedEntry {
        let (proof, doubt) = proof(of: entry, in: record)
        var problem = doubt
        if (try? record.binding.digest()) != record.digest {
            problem = "the record does not fit what it is bound to"
        }
        if problem == nil {
            problem = uses.lazy.compactMap { self.problem(with: $0, by: entry, in: record) }.first
        }
        return ApprovalAudit.AuditedEntry(
            record: record, entry: entry, proof: proof, uses: uses, problem: problem)
    }

    // MARK: Who it was

    private func proof(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> (String, problem: String?) {
        entry.isFile ? file(entry, record) : command(entry, record)
    }

    private func command(
        _ entry: ApprovalRecord.Approver, _ record: ApprovalRecord
    ) -> (String, problem: String?) {
        guard entry.signature != nil else { return ("declared", unproved("it is not signed")) }
        guard let given = Timestamp(iso: entry.given) else {
            return ("declared", "its time cannot be read")
        }
        guard entry.token == nil else {
            guard settings.daemons != nil else {
                return ("signed by an unknown daemon", unproved("no keys of daemons are named"))
            }
            return described(daemons.giverThen(of: entry, in: record, at: given))
        }
        guard settings.allowedSigners != nil else {
            return ("signed by an unknown key", unproved("no allowed signers are named"))
        }
        return described(
            signers.signer(ofRecorded: entry, in: record, ApprovalStatement.namespace, at: given))
    }

    private func described(_ proof: ApprovalProof) -> (String, problem: String?) {
        switch proof {
        case .signed(let names, let fingerprint):
            (
                "signed by \(names.joined(separator: ", ")) (\(fingerprint))",
                settings.identity == .server ? "only approvals through a daemon count" : nil
            )
        case .taken(let name, let daemon, let fingerprint):
            (
                "by the token of \(name), signed by the daemon \(daemon) (\(fingerprint))",
                settings.identity == .signed ? "it is not signed by whoever gave it" : nil
            )
        case .none(let reason): ("signed", "the signature does not verify: \(reason)")
        case .declared: ("declared", unproved("it is not signed"))
        }
    }

    private func file(
        _ entry: ApprovalRecord.Approver, _ record: ApprovalRecord
    ) -> (String, problem: String?) {
        let people = (entry.others ?? []).joined(separator: ", ")
        guard let hex = entry.commit, let id = ObjectID(hex: hex) else {
            return ("declared", unproved("it is not recorded who committed the file"))
        }
        let declared = "declared in commit \(id.short) by \(people)"
        let absent = (declared, "commit \(id.short) is not in the schema repository")
        guard let repository = session.followed.repository else { return absent }
        let commit: Commit
        do throws(GitError) {
            commit = try repository.resolve(hex)
        } catch {
            guard error.code != .notFound else { return absent }
            return (declared, "commit \(id.short) cannot be read: \(error.fault)")
        }
        if let difference = difference(of: entry, in: record, from: repository, commit) {
            return (declared, difference)
        }
        guard settings.identity == .signed else {
            return (declared, unproved("it is a file"))
        }
        switch signers.signer(ofCommit: id, in: repository, at: Timestamp(commit.time)) {
        case .signed(let names, let fingerprint):
            let name = names.joined(separator: ", ")
            return ("commit \(id.short) signed by \(name) (\(fingerprint))", nil)
        case .none(let reason): return (declared, "the commit does not prove it: \(reason)")
        case .declared, .taken: return (declared, unproved("the commit is not signed"))
        }
    }

    /// The problem `reason` where the settings ask for a proof; nil where a name that is merely
    /// declared counts.
    private func unproved(_ reason: String) -> String? {
        switch settings.identity {
        case .declared: nil
        case .signed: reason
        case .server: "only approvals through a daemon count"
        }
    }

    /// How the entry in the ledger differs from the approval file in the commit that added it; nil
    /// where both are alike.
    private func difference(
        of entry: ApprovalRecord.Approver, in record: ApprovalRecord,
        from repository: Repository, _ commit: Commit
    ) -> String? {
        let brought: [HistoryCommit]
        do throws(GitError) {
            brought = try repository.introductions(of: entry.source, in: commit.id)
        } catch {
            return "nobody can say whether commit \(commit.id.short) brought \(entry.source): "
                + error.fault
        }
        guard brought.contains(where: { $0.id == commit.id }) else {
            return "commit \(commit.id.short) did not add \(entry.source)"
        }
        let files = try? ApprovalFile.readAll(GitTree(repository, commit: commit))
        guard let file = files?.first(where: { $0.digest == record.digest }),
            file.location.file == entry.source
        else { return "\(entry.source) cannot be read in commit \(commit.id.short)" }
        let isSame =
            file.approver == entry.name && file.reason == entry.reason
            && Timestamp(file.given).iso == entry.given
            && file.expires.map { Timestamp($0).iso } == entry.expires
            && file.decision.rawValue == entry.decision?.rawValue
        return isSame ? nil : "the ledger differs from \(entry.source)"
    }

    // MARK: What it was used for

    /// Why the approval could not have allowed this operation; nil where it could.
    private func problem(
        with use: ApprovalRecord.Use, by entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> String? {
        // Nothing ran with it.
        guard use.withdrawn == nil else { return nil }
        let label = "\(use.operation) at \(use.at)"
        guard let time = Timestamp(iso: use.at) else { return "\(label): the time is unreadable" }
        let terms = ApprovalTerms(
            identity: settings.identity,
            minimum: 1, refusesAuthor: false, lifetimeSeconds: settings.lifetimeSeconds,
            folding: folding)
        var proofs = AuditedProofs()
        for other in record.approvers where use.entryIDs.contains(other.identity) {
            proofs.established[other.identity] = established(other, in: record)
        }
        let check = ApprovalCheck(terms: terms, proofs: proofs)
        // Without the plan the authors are not known, and these terms do not ask for them.
        let cause = cause(of: use, in: record) ?? PlanCause(kind: .git)
        let counted = record.approvers.contains { other in
            guard use.entryIDs.contains(other.identity), other.decision != .deny else {
                return false
            }
            // It had to be valid when the operation began, which was before it ended.
            return (try? check.check(other, in: record, cause: cause, now: time).get()) != nil
                || isRunningOver(other, in: record, end: time, terms)
        }
        return counted ? nil : "\(label): no valid approval covered it"
    }

    /// Whether an approval expired while the operation that it allowed to begin was still running.
    private func isRunningOver(
        _ entry: ApprovalRecord.Approver, in record: ApprovalRecord, end: Timestamp,
        _ terms: ApprovalTerms
    ) -> Bool {
        guard let given = Timestamp(iso: entry.given), given <= end,
            let use = record.uses?.first(where: { Timestamp(iso: $0.at) == end }),
            let began = operation(use.operation)?.startedAt.flatMap(Timestamp.init(iso:)),
            let ended = terms.expiry(recorded: entry.expires, given: given)
        else { return false }
        return began < ended
    }

    /// What is known to prove who gave the entry; nil where nothing does.
    private func established(
        _ entry: ApprovalRecord.Approver, in record: ApprovalRecord
    ) -> ApprovalProof? {
        guard settings.identity != .declared, proof(of: entry, in: record).problem == nil else {
            return nil
        }
        return settings.identity == .server
            ? .taken(of: entry.name, by: "", fingerprint: "")
            : .signed([entry.name], fingerprint: "")
    }

    /// The operation behind `rollout/namespace/shard/table`.
    private func operation(_ name: String) -> OperationRecord? {
        let parts = name.split(separator: "/", maxSplits: 3).map(String.init)
        guard parts.count == 4 else { return nil }
        let shard = ShardID(namespace: parts[1], shard: parts[2])
        let key = OperationKey(shard: shard, object: ObjectName(encoded: parts[3]))
        return try? snapshot.operation(parts[0], key)
    }

    /// The recorded cause of the step, from the plan whose rollout used the approval.
    private func cause(of use: ApprovalRecord.Use, in record: ApprovalRecord) -> PlanCause? {
        guard let id = use.operation.split(separator: "/").first.map(String.init) else {
            return nil
        }
        // Whether a step is covered is the same for each shard of the binding.
        return causes.cause(.init(rollout: id, approval: record.digest)) {
            guard let rollout = try? snapshot.rollout(id),
                let plan = try? snapshot.read(Plan.self, at: RecordPath.plan(rollout.plan))
            else { return nil }
            return plan.steps.first {
                record.binding.covers($0, shard: use.shard, environment: plan.environment)
            }?.cause
        }
    }
}

/// The proofs that the audit has established already.
private struct AuditedProofs: ApprovalProving {
    /// By the identities of their entries.
    var established: [String: ApprovalProof] = [:]

    func proof(of entry: ApprovalRecord.Approver, in record: ApprovalRecord) -> ApprovalProof {
        established[entry.identity] ?? .declared([entry.name] + (entry.others ?? []))
    }
}

/// The causes of steps by the rollout that carried them out, read once for all shards.
private final class RecordedCauses {
    struct Key: Hashable {
        let rollout: String
        let approval: Digest
    }

    private var known: [Key: PlanCause?] = [:]

    func cause(_ key: Key, _ read: () -> PlanCause?) -> PlanCause? {
        if let cause = known[key] { return cause }
        let cause = read()
        known[key] = .some(cause)
        return cause
    }
}
