import Diff
import Foundation
import Model
import Reconciler
import Schema

/// An engine with long phases: it makes a copy of a table, part by part, and swaps the two.
///
/// Only the server's side of it is simulated; it runs by the product's protocol of engines.
struct SimulatedEngine: Engine {
    static let name = EngineName(rawValue: "copying")
    var name: EngineName { Self.name }
    let isStaged = true
    let conditions: Conditions

    /// What it needs to go on.
    struct Document: Codable, Hashable {
        /// How many parts are copied; nil before the copy is known to be there.
        var copied: Int?

        init(copied: Int? = nil) { self.copied = copied }

        /// Nil for one that cannot be read.
        init?(_ state: EngineState) {
            guard state.version == 1,
                let document = try? JSONDecoder().decode(
                    Self.self, from: Data(state.document.utf8))
            else { return nil }
            self = document
        }
    }

    func choice(
        for step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> EngineChoice? {
        guard step.kind == .alter, conditions.copiedTables.contains(Self.table(step)) else {
            return nil
        }
        return EngineChoice(engine: name, reason: nil)
    }

    func refusal(of state: EngineState) -> String? {
        Document(state) == nil ? "its state cannot be read" : nil
    }

    func state(before job: EngineJob) -> EngineState? { state(Document()) }

    func prepare(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        let document = try document(job)
        guard document.copied == nil else {
            let copy = ObjectName(.table, job.step.object.name + "__new")
            guard try port.digest(ofFormer: copy) != nil else {
                throw ShardFailure("the copy is gone", retry: .permanent)
            }
            return state(document)
        }
        let columns = job.step.to.flatMap(Shapes.shape)?.columns ?? 0
        try send(.make(table: Self.table(job.step), columns: columns), on: port)
        return state(Document(copied: 0))
    }

    func run(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineAnswer {
        let document = try document(job)
        let copied = document.copied ?? 0
        guard copied < conditions.partCount else { return .ready(state(document)) }
        try send(.copy(table: Self.table(job.step), part: copied), on: port)
        return .advanced(state(Document(copied: copied + 1)))
    }

    func progress(_ state: EngineState) -> String? {
        Document(state)?.copied.map { "copied \($0) of \(conditions.partCount) parts" }
    }

    func park(_ job: EngineJob, on port: any ShardPort) -> EngineState? { job.state }

    func cutOver(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) -> EngineState? {
        try send(.swap(table: Self.table(job.step)), on: port)
        return nil
    }

    func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        try send(.tidy(table: Self.table(job.step)), on: port)
    }

    func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        try send(.tidy(table: Self.table(job.step)), on: port)
    }

    private static func table(_ step: PlanStep) -> Int { Int(step.object.name.dropFirst()) ?? 0 }

    private func send(_ meaning: StageMeaning, on port: any ShardPort) throws(ShardFailure) {
        try port.run(PlanStatement(sql: meaning.sql, after: nil))
    }

    private func document(_ job: EngineJob) throws(ShardFailure) -> Document {
        guard let document = job.state.flatMap(Document.init) else {
            throw ShardFailure("its state cannot be read", retry: .permanent)
        }
        return document
    }

    private func state(_ document: Document) -> EngineState {
        let text = document.copied.map { "{\"copied\":\($0)}" } ?? "{}"
        return EngineState(engine: name, version: 1, document: text)
    }
}
