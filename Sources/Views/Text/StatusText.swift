import Model
import Reports
import Schema

/// Where an environment's rollouts stand, for a terminal.
package enum StatusText {
    /// The text of a report, the rollout that was asked for last; `width` is in columns.
    package static func text(
        _ status: StatusReport, exit: ExitStatus, width: Int = 100, style: Style = .plain
    ) -> String {
        var page = TextPage(width: width, style: style)
        for suspension in status.suspensions {
            page.prose(suspension.words, .warning, hanging: 2)
        }
        for line in status.setAside {
            page.prose(
                "\(line.shard) is set aside: \(line.reason ?? "its record cannot be read")", .bad,
                hanging: 2)
        }
        let told = (status.others + [status.rollout].compactMap(\.self)).flatMap(\.troubles)
            .filter { $0.state == .failed }.map(\.key)
        for failure in FailureFacts.all(status.failures, told: Set(told)) {
            page.prose(failure, .bad, hanging: 2)
        }
        for words in status.unread { page.prose(words, .bad, hanging: 2) }
        for words in status.readByWorkers { page.prose(words, .plain, hanging: 2) }
        let isShort =
            status.suspensions.isEmpty && status.setAside.isEmpty && status.failures.isEmpty
            && status.unread.isEmpty && status.readByWorkers.isEmpty
        if !isShort {
            page.blank()
        }
        if let shards = status.shards {
            add(shards, to: &page)
            page.blank()
        }
        for other in status.others {
            add(other, to: &page)
            page.blank()
        }
        if let rollout = status.rollout { add(rollout, to: &page) }
        for rollback in status.rollbacks {
            page.blank()
            RollbackText.add(rollback, to: &page)
        }
        page.end(status.headline, exit)
        return page.text
    }

    private static func add(_ shards: [StatusReport.ShardLine], to page: inout TextPage) {
        for line in shards {
            let objects = line.objectCount.map { Count.of($0, "object") } ?? "its record is damaged"
            let revision = line.revision.map { "at \($0.prefix(7))" } ?? "not changed by a plan yet"
            page.pair(
                [
                    Span("\(line.shard)  ", .strong), Span("\(revision)  \(objects)"),
                    Span(line.reason == nil ? "" : "  held", .warning),
                ], [Span(line.since ?? "", .faint)])
        }
    }

    /// The rollout without its last line; nothing where there is none.
    static func add(_ report: RolloutReport, to page: inout TextPage) {
        guard let rollout = report.rollout else {
            if let message = report.message { page.prose(message) }
            return
        }
        let state = report.stateWords ?? "undetermined"
        let plan = report.plan.map { "  plan \($0.short)" } ?? ""
        page.pair(
            [
                Span("Rollout \(rollout)", .strong), Span("\(plan)  \(report.environment)  "),
                Span(state, report.lookedFor == nil ? role(of: report.state) : .bad),
                Span(report.takenBack == nil ? "" : ", taken back", .warning),
            ],
            [Span(times(report), .faint)])
        if report.progress.total > 0 {
            page.line(Span(ProgressBar.line(report.progress)), indent: 2)
        }
        let troubles = TroubleFacts.all(of: report)
        for trouble in troubles where trouble.isFailure { add(trouble, to: &page) }
        if let due = report.due {
            page.prose(due.words(isServed: report.isServed), indent: 2, hanging: 4)
        }
        if let words = report.turnWords { page.prose(words, indent: 2, hanging: 4) }
        if let message = report.otherMessage {
            page.prose(message, .warning, indent: 2, hanging: 4)
        }
        if let words = report.takenBack { page.prose(words, .warning, indent: 2, hanging: 4) }
        for line in GroupFacts.lines(of: report) { page.prose(line, indent: 2, hanging: 4) }
        for line in GroupFacts.active(of: report) { page.prose(line, indent: 2, hanging: 4) }
        for trouble in troubles where !trouble.isFailure { add(trouble, to: &page) }
        for finalizer in report.finalizers ?? [] {
            let next = finalizer.nextAt.map { ", tried again at \($0)" } ?? ""
            let message = finalizer.message.map { ": \($0)" } ?? ""
            let state = finalizer.state.rawValue.split(separator: "_").joined(separator: " ")
            page.prose(
                "finalizer of \(finalizer.namespace) \(state)\(message)\(next)",
                finalizer.state == .failed || finalizer.state == .unknown ? .bad : .plain,
                indent: 2, hanging: 4)
        }
        if let next = next(report) {
            page.line(Span("\(next.label):  "), Span(next.command, .strong), indent: 2)
        }
    }

    private static func add(_ trouble: TroubleFacts, to page: inout TextPage) {
        page.prose(
            "\(trouble.mark) \(trouble.text)", trouble.isFailure ? .bad : .plain, indent: 2,
            hanging: 4)
    }

    private static func times(_ report: RolloutReport) -> String {
        if let end = report.endedAt { return "ended \(end)" }
        return report.startedAt.map { "started \($0)" } ?? ""
    }

    private static func role(of state: RolloutState?) -> Style.Role {
        switch state {
        case .completed: .good
        case .failed, .halting, .runningDegraded: .bad
        case .stopped, .paused, .superseded, .waitingForCutover, nil: .warning
        case .pending, .running: .plain
        }
    }

    static func next(_ report: RolloutReport) -> (label: String, command: String)? {
        // What git wants does not come with the next pass.
        guard report.takenBack == nil else { return nil }
        let reconcile = NextCommand.reconcile(environment: report.environment)
        switch report.state {
        case .failed, .halting:
            if report.counts[OperationState.failed.label] != nil {
                guard report.isServed == true else { return ("correct the cause, then", reconcile) }
                return (
                    "correct the cause; a daemon tries again, and at once with",
                    NextCommand.retry(environment: report.environment)
                )
            }
            // A finalizer that failed runs again only when somebody says so.
            let failed = report.finalizers?.first { $0.state == .failed }
            guard let failed, let rollout = report.rollout else { return nil }
            return (
                "correct the cause, then",
                NextCommand.retry(
                    rollout, finalizer: failed.namespace, environment: report.environment)
            )
        case .superseded, .pending:
            guard report.isServed == true else { return ("go on with", reconcile) }
            return (
                "a daemon goes on with it; watch it with",
                NextCommand.watch(environment: report.environment)
            )
        case nil: return ("look again", NextCommand.status(environment: report.environment))
        // What keeps it said so, and how it goes on.
        case .running:
            guard let finalizer = report.lookedFor, let rollout = report.rollout else { return nil }
            return (
                "look whether it ran, and if it did not",
                NextCommand.retry(
                    rollout, finalizer: finalizer.namespace, environment: report.environment)
            )
        case .runningDegraded, .waitingForCutover, .completed, .stopped, .paused: return nil
        }
    }
}

/// Operations that did not simply complete, equal ones together, failures first.
struct TroubleFacts {
    let mark: String
    let text: String
    let isFailure: Bool

    private struct Key: Hashable {
        let namespace: String
        let object: ObjectName
        let state: OperationState
        let message: String
    }

    static func all(of report: RolloutReport) -> [TroubleFacts] {
        var places: [Key: Int] = [:]
        var groups: [(key: Key, shards: [String])] = []
        for trouble in report.troubles {
            let key = Key(
                namespace: trouble.key.namespace, object: trouble.key.object, state: trouble.state,
                message: trouble.message)
            if let place = places[key] {
                groups[place].shards.append(trouble.key.shard)
            } else {
                places[key] = groups.count
                groups.append((key, [trouble.key.shard]))
            }
        }
        let facts = groups.map { key, shards in
            let state = key.state.label.split(separator: "_").joined(separator: " ")
            let message = key.message.isEmpty ? "" : ": \(key.message)"
            // The reason why none of a shard's operations could run names the shard and no table.
            let subject =
                key.object.encoded.isEmpty
                ? key.namespace : key.object.label(in: key.namespace)
            return TroubleFacts(
                mark: mark(key.state),
                text: "\(subject) on \(ShardNames.compact(shards)) \(state)\(message)",
                isFailure: key.state == .failed)
        }
        return facts.filter(\.isFailure) + facts.filter { !$0.isFailure }
    }

    private static func mark(_ state: OperationState) -> String {
        switch state {
        case .failed, .failedRetryable: "✗"
        case .leased, .preparing, .running, .cuttingOver, .verifying, .waitingForCutover: "▸"
        case .pending: "…"
        case .superseded, .cancelled: "■"
        case .completed: "✓"
        }
    }
}

extension StatusReport {
    /// What it comes to, in one line.
    var headline: String {
        rollout?.headline ?? "\(environment): \(note ?? "no rollout yet")"
    }
}
