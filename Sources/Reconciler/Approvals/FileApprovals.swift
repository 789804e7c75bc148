import Basics
import Desired
import Diff
import Git
import Model
import Schema

/// Decisions that were given by pull request, as files `approvals/<digest>.yaml` on the followed
/// branch.
struct FileApprovals {
    let files: [ApprovalFile]
    let plan: Plan
    let source: FetchedSource

    /// The records with the decisions of the files added.
    struct Found {
        /// The records for which the files add something to the ledger.
        var records: [ApprovalRecord]
        /// Those of them that say more than the ledger.
        var news: [ApprovalRecord] = []
        /// The decisions whose files are on the branch now, with the commits that added them; by
        /// identity.
        var present: [String: [ObjectID]] = [:]
        var notices: [Notice] = []
    }

    /// Reads the decisions of the files and adds them to the records.
    ///
    /// - Parameter known: the records in the ledger.
    func records(known: [ApprovalRecord]) throws -> Found {
        var bindings: [Digest: ApprovalBinding] = [:]
        for step in plan.steps {
            let binding = ApprovalBinding(environment: plan.environment, step: step)
            bindings[try binding.digest()] = binding
        }
        var records = Dictionary(known.map { ($0.digest, $0) }) { first, _ in first }
        var found = Found(records: known)
        for file in files {
            let present = records[file.digest]
            guard let binding = bindings[file.digest] ?? present.flatMap(stillAsked) else {
                if present == nil { found.notices.append(Self.unused(file)) }
                continue
            }
            let brought = introductions(of: file, &found)
            // A denial counts, whoever gave it: leaving it out would let the step pass.
            guard brought != nil || file.decision == .deny else { continue }
            let entry = Self.entry(of: file, brought ?? [])
            found.present[entry.identity] = brought?.map(\.id) ?? []
            let record = Self.adding(entry, to: present, file.digest, binding)
            guard record != present else { continue }
            records[file.digest] = record
            found.news.append(record)
        }
        found.records = records.values.sorted { $0.digest < $1.digest }
        return found
    }

    /// The binding of a decision about more shards than are left in a rollout that is under way.
    private func stillAsked(_ record: ApprovalRecord) -> ApprovalBinding? {
        ApprovalIndex.fate(of: record, in: plan) == .retained ? record.binding : nil
    }

    /// The commits that added the file; nil, and a notice, where that is not known.
    private func introductions(
        of file: ApprovalFile, _ found: inout Found
    ) -> [HistoryCommit]? {
        let path = file.location.file
        var reason = "the files are read from a folder and not from a commit"
        if let repository = source.repository, let commit = source.commit {
            do throws(GitError) {
                let brought = try repository.introductions(of: path, in: commit.id)
                if !brought.isEmpty { return brought }
                reason = "no commit added it"
            } catch {
                reason = "\(error)"
            }
        }
        found.notices.append(
            Notice(
                code: "approval-unproved",
                message: "\(path): it is not known who committed it, so it authorises nothing"
                    + (file.decision == .deny ? " (and denies all the same): " : ": ") + reason))
        return nil
    }

    private static func entry(
        of file: ApprovalFile, _ brought: [HistoryCommit]
    ) -> ApprovalRecord.Approver {
        var entry = ApprovalRecord.Approver(
            name: file.approver, reason: file.reason, given: Timestamp(file.given).iso,
            source: file.location.file)
        entry.id = "file " + brought.map(\.id.hex).joined(separator: " ")
        entry.decision = file.decision == .deny ? .deny : .approve
        entry.expires = file.expires.map { Timestamp($0).iso }
        entry.commit = brought.first?.id.hex
        // The name in the file is only declared, so whoever committed the file counts as an
        // approver too: the author of a change cannot approve it under another name.
        entry.others = Set(brought.flatMap(\.peopleWithoutServices).map(\.spelled)).sorted()
        return entry
    }

    private static func adding(
        _ entry: ApprovalRecord.Approver, to present: ApprovalRecord?, _ digest: Digest,
        _ binding: ApprovalBinding
    ) -> ApprovalRecord {
        let decision = entry.decision ?? .approve
        guard var record = present else {
            return ApprovalRecord(
                digest: digest, binding: binding, decision: decision, approvers: [entry],
                expires: entry.expires)
        }
        if decision == .deny { record.decision = .deny }
        if !record.approvers.contains(where: { $0.identity == entry.identity }) {
            record.approvers.append(entry)
        }
        return record
    }

    private static func unused(_ file: ApprovalFile) -> Notice {
        Notice(
            code: "approval-unused",
            message: "\(file.location.file): no step of this plan has that digest; it authorises "
                + "nothing")
    }
}
