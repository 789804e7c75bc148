import Basics
import Foundation
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Every state of an operation says what it can become")
struct OperationStatesTests {
    private static let inOrder = OperationState.allCases

    @Test("a terminal state becomes nothing, every other one something, and each is reached")
    func table() {
        for state in OperationState.allCases {
            #expect(state.successors.isEmpty == state.isTerminal, "\(state)")
            #expect(!state.successors.contains(state), "\(state)")
        }
        let reached = OperationState.allCases.reduce(into: Set([OperationState.pending])) {
            $0.formUnion($1.successors)
        }
        #expect(reached == Set(OperationState.allCases))
    }

    @Test("records of earlier releases are read; a state that nobody knows is none")
    func records() throws {
        func state(_ text: String) throws -> OperationState? {
            try JSONDecoder().decode([OperationState].self, from: Data("[\"\(text)\"]".utf8)).first
        }
        for known in OperationState.allCases { #expect(try state(known.rawValue) == known) }
        #expect(try state("stopped") == .pending)
        #expect(throws: DecodingError.self) { try state("melted") }
    }

    @Test("docs/concepts.md has the table")
    func document() throws {
        let rows = OperationState.allCases.map { state in
            let next = Self.inOrder.filter(state.successors.contains)
                .map { "`\($0.label)`" }.joined(separator: ", ")
            return "| `\(state.label)` | \(next.isEmpty ? "it has ended" : next) |"
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appending(path: "docs/concepts.md"), encoding: .utf8)
        let wanted = "| state | becomes |\n|---|---|\n" + rows.joined(separator: "\n") + "\n"
        #expect(text.contains(wanted), "it has to have:\n\(wanted)")
    }

    @Test("the machine goes no other way, whatever happens to it")
    func walks() {
        var generator = SeededGenerator(seed: 20_261_129)
        var seen: Set<[OperationState]> = []
        for _ in 0..<8_000 {
            let isStaged = Bool.random(using: &generator)
            let states: [OperationState] =
                [.pending, .failedRetryable, .waitingForCutover]
                + (isStaged ? [.running, .cuttingOver] : [])
            let state = states.randomElement(using: &generator) ?? .pending
            var machine = OperationMachine(
                chain: [digest("a"), digest("b")] + (isStaged ? [] : [digest("c")]), retryLimit: 3,
                manner: .init(
                    asksRows: Bool.random(using: &generator),
                    parks: Bool.random(using: &generator), isStaged: isStaged),
                origin: .init(state: state, isRecorded: isStaged && state != .pending))
            var before = machine.state
            for _ in 0..<14 {
                guard let event = Self.events.randomElement(using: &generator) else { break }
                _ = machine.handle(event)
                if machine.state != before {
                    #expect(before.successors.contains(machine.state), "\(before), \(event)")
                    seen.insert([before, machine.state])
                }
                before = machine.state
            }
        }
        // The walks reach every state that the machine has.
        #expect(
            Set(seen.flatMap { $0 }) == [
                .pending, .leased, .preparing, .running, .verifying, .failedRetryable, .completed,
                .failed, .superseded, .waitingForCutover, .cuttingOver, .cancelled,
            ])
    }

    private static let events: [OperationMachine.Event] =
        [.claimed, .intentRecorded, .delayed, .statementSucceeded, .retryDue]
        + [.cutoverClaimed, .prepared, .advanced, .ready, .stateRecorded, .tidied]
        + [.abandoned(reason: "halt"), .tidyingFailed(message: "gone")]
        + [.budgetUsedUp(message: "gone")]
        + ["a", "b", "c", "x"].map { .observed(digest($0)) }
        + [nil, "rows"].map { .rowsAsked(obstacle: $0) }
        + [.permanent, .retryable, .indeterminate].map { .statementFailed($0, message: "no") }
        + [.readFailed(message: "gone"), .obstructed(reason: "both")]
}
