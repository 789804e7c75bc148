import Diff
import Execution
import Foundation
import Model
import Schema

@testable import Reconciler

/// An engine with long phases, for tests: it copies the rows of a table with a numeric key `id`
/// into a shadow table, a few at a time, and swaps the two at the end.
///
/// It keeps what writers do meanwhile out of account: no test writes.
final class CopyingEngine: Engine {
    /// What it needs to go on.
    struct Document: Codable {
        /// Nil before the shadow table is known to be there.
        var copied: Int?
    }

    let name = EngineName(rawValue: "copying")
    let isStaged = true
    let ticks: Int
    /// Every phase that was carried out, in order.
    let phases = Lock<[String]>([])
    /// Called when a phase begins.
    let onPhase = Lock<Hook<String, Void>?>(nil)
    /// Why a phase fails; nil where it does not.
    let onFail = Lock<Hook<String, ShardFailure?>?>(nil)
    /// Phases that fail for good, with the shard: `prepare s1`.
    let failing = Lock<Set<String>>([])
    let knownVersion = Lock(1)
    /// Whether new plans have it.
    let takesSteps = Lock(true)

    init(ticks: Int = 3) { self.ticks = ticks }

    func choice(
        for step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> EngineChoice? {
        guard takesSteps.withLock({ $0 }), step.kind == .alter, step.members == nil else {
            return nil
        }
        return EngineChoice(engine: name, reason: nil)
    }

    func refusal(of state: EngineState) -> String? {
        let known = knownVersion.withLock { $0 }
        return state.version == known
            ? nil : "its state has version \(state.version), and this release knows \(known)"
    }

    func state(before job: EngineJob) -> EngineState? { state(Document()) }

    func prepare(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        try note("prepare", job)
        let document = try document(job)
        let table = job.step.object.name
        let isThere = try port.digest(ofFormer: shadow(job)) != nil
        if document.copied != nil {
            guard isThere else { throw ShardFailure("the shadow is gone", retry: .permanent) }
            return state(document)
        }
        // Nothing of it was recorded yet: what is there is a part of what is made now.
        try send("DROP TABLE IF EXISTS `\(table)__new`", on: port)
        try send("CREATE TABLE `\(table)__new` LIKE `\(table)`", on: port)
        for statement in job.step.statements {
            try send(
                statement.sql.replacingOccurrences(of: "`\(table)`", with: "`\(table)__new`"),
                on: port)
        }
        return state(Document(copied: 0))
    }

    func run(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineAnswer {
        try note("run", job)
        let document = try document(job)
        let copied = document.copied ?? 0
        guard copied < ticks else { return .ready(state(document)) }
        let table = job.step.object.name
        try send(
            "REPLACE INTO `\(table)__new` (`id`) SELECT `id` FROM `\(table)` "
                + "WHERE `id` % \(ticks) = \(copied)", on: port)
        return .advanced(state(Document(copied: copied + 1)))
    }

    func progress(_ state: EngineState) -> String? {
        let document = try? JSONDecoder().decode(Document.self, from: Data(state.document.utf8))
        return document?.copied.map { "copied \($0) of \(ticks) parts" }
    }

    func park(_ job: EngineJob, on port: any ShardPort) -> EngineState? {
        phases.withLock { $0.append("park") }
        return job.state
    }

    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        try note("cutOver", job)
        let table = job.step.object.name
        try send(
            "RENAME TABLE `\(table)` TO `\(table)__old`, `\(table)__new` TO `\(table)`", on: port)
        return nil
    }

    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        try note("abort", job)
        try send("DROP TABLE IF EXISTS `\(job.step.object.name)__new`", on: port)
    }

    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        try note("cleanUp", job)
        try send("DROP TABLE IF EXISTS `\(job.step.object.name)__old`", on: port)
    }

    private func note(_ phase: String, _ job: EngineJob) throws(ShardFailure) {
        phases.withLock { $0.append(phase) }
        onPhase.withLock { $0 }?.call(phase)
        if let fault = onFail.withLock({ $0 })?.call(phase) ?? nil { throw fault }
        if failing.withLock({ $0.contains("\(phase) \(job.step.shards[0])") }) {
            throw ShardFailure("no", retry: .permanent)
        }
    }

    private func shadow(_ job: EngineJob) -> ObjectName {
        ObjectName(.table, job.step.object.name + "__new")
    }

    private func send(_ sql: String, on port: any ShardPort) throws(ShardFailure) {
        try port.run(PlanStatement(sql: sql, after: nil))
    }

    private func document(_ job: EngineJob) throws(ShardFailure) -> Document {
        let text = job.state?.document ?? ""
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)) else {
            throw ShardFailure("its state cannot be read", retry: .permanent)
        }
        return document
    }

    private func state(_ document: Document) -> EngineState {
        let text = document.copied.map { "{\"copied\":\($0)}" } ?? "{}"
        return EngineState(engine: name, version: 1, document: text)
    }
}
