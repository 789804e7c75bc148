import Basics
import Execution
import Foundation
import Store

extension Ledger {
    /// How often a group is tried while other writers move the environment's branch.
    static let attempts = 25

    /// Makes one transition of `environment`: one event in one commit, or none.
    ///
    /// Transitions that threads of this process ask for at the same time share a commit; each event
    /// stands in it once. `body` runs on a fresh draft, with what the others of the group have
    /// changed before it, and again on another one whenever somebody else moved the environment's
    /// branch meanwhile: it must check each time what it relies on. It runs with this ledger's
    /// write lock held, perhaps on another thread, so it must not do anything slow; what it throws
    /// is thrown here, and nothing is recorded. When this returns a commit, the commit is on the
    /// disk; when it throws, the transition did not happen, unless the error's retry class is
    /// `indeterminate`.
    ///
    /// - Parameter leases: nothing is recorded once one of them is another process's by now.
    /// - Returns: the commit; nil where `body` decided `nothing`.
    @discardableResult
    package func transact(
        _ environment: String, actor: LedgerActor, event: LedgerEvent, time: Date,
        under leases: [Lease] = [],
        _ body: @escaping (inout LedgerDraft) throws -> LedgerDecision
    ) throws -> ObjectID? {
        _ = try Self.reference(environment)
        try make()
        let transition = Transition(
            actor: actor, event: event, time: time, under: leases, body: body)
        guard queue(of: environment).run(transition, { carryOut($0, environment) }) else {
            throw LedgerError(
                .locked,
                "the ledger \(path) is being written by process \(getpid()) on this machine, in "
                    + "the body of another transition",
                remedy: "let the body of a transition record nothing else")
        }
        guard let outcome = transition.outcome else {
            throw LedgerError(.io, "a transition of \(environment) has no outcome")
        }
        return try outcome.get()
    }

    /// Settles every transition of `group`, in as few commits as have different actors.
    private func carryOut(_ group: [Transition], _ environment: String) {
        var rest = group[...]
        while let first = rest.first {
            let own = rest.prefix { $0.actor == first.actor }
            rest = rest.dropFirst(own.count)
            carryOut(Array(own), by: first.actor, environment)
        }
    }

    private func carryOut(_ group: [Transition], by actor: LedgerActor, _ environment: String) {
        do {
            try record(group, by: actor, environment)
        } catch let error as LedgerError
            where [.invalid, .leaseLost].contains(error.code) && group.count > 1
        {
            // One of them cannot be recorded: the others must not suffer from it.
            for transition in group where transition.outcome == nil {
                carryOut([transition], by: actor, environment)
            }
        } catch {
            for transition in group { transition.settle(.failure(error)) }
        }
    }

    /// Records a group in one commit; throws what keeps the whole group from it.
    private func record(
        _ group: [Transition], by actor: LedgerActor, _ environment: String
    ) throws {
        let reference = try Self.reference(environment)
        let held = leases.leases(of: environment)
        let all = Set(group.flatMap(\.leases)).union(held).sorted { $0.name < $1.name }
        let purpose = group.first.map { "writing \($0.event.kind)" } ?? "writing"
        var lost: LedgerError?
        for attempt in 0..<Self.attempts {
            if attempt > 0 { Self.pause(attempt) }
            var (draft, commit): (LedgerGroup?, ObjectID?)
            var bytes = 0
            do {
                try backend.write(purpose, under: all) {
                    let made = LedgerGroup(
                        group, snapshot: try snapshot(environment),
                        environment: signer == nil ? nil : environment)
                    // It may have been composed before, and lost.
                    (draft, commit) = (made, nil)
                    guard !made.isEmpty else { return nil }
                    let composed = try compose(made, by: actor)
                    commit = composed.id
                    bytes = composed.objects.reduce(0) { $0 + $1.bytes.count }
                    let move = ReferenceMove(
                        reference, from: made.snapshot?.commit, to: composed.id)
                    try FaultSwitch.reach(.beforeLedgerWrite)
                    return StoreWrite(objects: composed.objects, moves: [move])
                }
                if commit != nil { try FaultSwitch.reach(.afterLedgerWrite) }
            } catch let error as StoreError {
                let kind = draft?.events.first?.kind ?? "a transition"
                let failure = LedgerError(error, about: "recording \(kind) in \(path)")
                guard [.modified, .busy].contains(error.code) else { throw failure }
                lost = failure
                continue
            }
            guard let draft, let commit else { return }
            recorded(bytes)
            if draft.snapshot == nil { backend.pointHead(at: environment) }
            return draft.settle(commit)
        }
        throw lost
            ?? LedgerError(
                .lostRace, "other processes kept changing environment \(environment)",
                remedy: "try again")
    }

    private func compose(
        _ group: LedgerGroup, by actor: LedgerActor
    ) throws -> ComposedCommit {
        try ComposedCommit(
            group.edits, onto: group.snapshot?.commit,
            by: Authorship(name: actor.name, email: actor.email, time: group.time),
            message: try EventMessage.format(group.events, environment: group.environment),
            reading: reader, signer: signer?.commitSigner)
    }

    private static func pause(_ attempt: Int) {
        let most = min(200_000, 2_000 << min(attempt, 6))
        usleep(UInt32.random(in: 500...UInt32(most)))
    }
}
