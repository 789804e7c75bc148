import Model
import Reconciler
import Reports
import Views

/// Where rollouts stand, from the ledger alone.
package enum StatusEndpoints {
    package static let latest = Endpoint(
        "status.latest", .get, "/status", .read,
        summary: "where the latest rollout stands, from the ledger alone",
        parameters: [allShards], document: .other
    ) { asked, session in
        try session.memory.use { kept in
            answer(try report(session, shards: asked.has(allShards), &kept))
        }
    }

    package static let rollout = Endpoint(
        "rollouts.status", .get, "/rollouts/{rollout}", .read,
        summary: "where a rollout stands, from the ledger alone", parameters: [wanted],
        document: .other
    ) { asked, session in
        let id = try asked.required(wanted)
        return try session.memory.use { kept in answer(try report(of: id, session, &kept)) }
    }

    static let wanted = Parameter(
        "rollout", .text, in: .path, isRequired: true, argument: "a rollout", word: "id",
        help: "the rollout")
    static let allShards = Parameter(
        "shards", .flag, in: .query,
        help: "also each shard: the commit that changed it last, and why nothing is done there")

    private static func answer(_ report: StatusReport) -> Answer {
        let exit = report.exitStatus
        return Answer(exit: exit, isOpen: report.isOpen) { format, presentation in
            guard format != .json else { return JSONView.status(report, exit: exit) + "\n" }
            let text = StatusText.text(
                report, exit: exit, width: presentation.width, style: presentation.style)
            return format == .markdown ? MarkdownView.plain(text) : text
        }
    }

    private static func report(
        of id: String, _ session: ServiceSession, _ kept: inout ServiceMemory.Kept
    ) throws -> StatusReport {
        let store = session.ledger.store
        let queries = LedgerQueries(store: store)
        try store.ledger.requireMade()
        var report = StatusReport(try rollout(id, queries))
        report.rollbacks = try queries.rollbacks().filter { $0.rollout == id }
        report.failures = try queries.failures(&kept.failures).filter { $0.rollout == id }
        report.noteTurns(isServed: try WorkerList(of: store).hasDaemon)
        return report
    }

    /// What there is to say of the newest rollout, and what else is going on.
    private static func report(
        _ session: ServiceSession, shards: Bool, _ kept: inout ServiceMemory.Kept
    ) throws -> StatusReport {
        let store = session.ledger.store
        let queries = LedgerQueries(store: store)
        var report = StatusReport(environment: store.environment)
        guard try store.ledger.isThere else {
            report.note = store.ledger.missing.message
            return report
        }
        report.suspensions = try queries.suspensions()
        report.rollbacks = try queries.rollbacks()
        report.failures = try queries.failures(&kept.failures)
        report.unread = try queries.unread()
        report.readByWorkers = try FarShards.words(of: store)
        (report.setAside, report.shards) = try queries.shardLines(all: shards, &kept.shards) {
            session.ledger.whereabouts
        }
        let environment = try queries.environment()
        if let latest = environment?.latestRollout {
            if try queries.isReadable(latest) {
                report.rollout = try rollout(latest, queries)
            } else {
                report.note = "the record of rollout \(latest), the latest one, cannot be read"
            }
            report.others = try queries.openRollouts(but: latest)
            report.noteTurns(isServed: try WorkerList(of: store).hasDaemon)
        } else {
            let converged = environment?.convergedRevision.map { "; converged at \($0.prefix(7))" }
            report.note = "no rollout yet" + (converged ?? "")
        }
        return report
    }

    private static func rollout(
        _ id: String, _ queries: LedgerQueries
    ) throws -> RolloutReport {
        if let report = try queries.rollout(id) { return report }
        throw ConfigurationError(
            "the ledger has no rollout `\(id)`", remedy: "see `plumb log`", kind: .notFound)
    }
}
