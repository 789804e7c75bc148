import Basics
import Foundation
import Git

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
    /// - Returns: the commit; nil where `body` decided `nothing`.
    @discardableResult
    package func transact(
        _ environment: String, actor: LedgerActor, event: LedgerEvent, time: Date,
        _ body: @escaping (inout LedgerDraft) throws -> LedgerDecision
    ) throws -> ObjectID? {
        _ = try Self.reference(environment)
        _ = try repository()
        let transition = Transition(actor: actor, event: event, time: time, body: body)
        guard queue(of: environment).run(transition, { carryOut($0, environment) }) else {
            throw WriteLock.held(path, lockWaitSeconds)
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
        } catch let error as LedgerError where error.code == .invalid && group.count > 1 {
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
        let repository = try repository()
        var lost: LedgerError?
        for attempt in 0..<Self.attempts {
            if attempt > 0 { Self.pause(attempt) }
            let purpose = group.first.map { "writing \($0.event.kind)" } ?? "writing"
            let lock = try WriteLock(
                ledger: path, waitSeconds: lockWaitSeconds, purpose: purpose)
            defer { withExtendedLifetime(lock) {} }
            removeLeftOversOnce()
            let draft = LedgerGroup(
                group, snapshot: try snapshot(environment),
                environment: signer == nil ? nil : environment)
            guard !draft.isEmpty else { return }
            let base = draft.snapshot?.commit
            let commit = try write(draft, by: actor, to: repository)
            switch try publish(commit, over: base, reference, in: repository) {
            case .moved:
                pointHead(of: repository, at: environment, first: base == nil)
                return draft.settle(commit)
            case .lost(let error):
                // The lock file in the way may be nobody's any more.
                if error.code == .locked, lost == nil { removeLeftOvers() }
                lost = error
            }
        }
        throw lost
            ?? LedgerError(
                .lostRace, "other processes kept changing environment \(environment)",
                remedy: "try again")
    }

    private func write(
        _ group: LedgerGroup, by actor: LedgerActor, to repository: Repository
    ) throws(LedgerError) -> ObjectID {
        let message = try EventMessage.format(group.events, environment: group.environment)
        let author = Signature(name: actor.name, email: actor.email, time: group.time)
        let what = group.events.first?.kind ?? "nothing"
        return try translating("recording \(what) in the ledger \(path)") {
            () throws(GitError) in
            try repository.writeCommit(
                group.edits, onto: group.snapshot?.commit, by: author, message: message,
                signer: signer?.commitSigner)
        }
    }

    /// The outcome of moving the branch.
    private enum Publication {
        case moved
        case lost(LedgerError)
    }

    private func publish(
        _ commit: ObjectID, over base: ObjectID?, _ reference: String, in repository: Repository
    ) throws(LedgerError) -> Publication {
        let failure: GitError
        do throws(GitError) {
            try repository.move(reference, from: base, to: commit)
            return .moved
        } catch {
            failure = error
        }
        let subject = "moving \(reference) of the ledger \(path)"
        switch failure.code {
        case .modified: return .lost(LedgerError(failure, about: subject))
        case .locked:
            return .lost(
                LedgerError(
                    .locked,
                    "\(path)/\(reference).lock: a git command is moving this branch",
                    remedy: "if none is running, remove that file"))
        default: break
        }
        // The move may have happened before the failure: the branch itself tells.
        let happened: Bool
        do throws(GitError) {
            let now = try repository.target(of: reference)
            happened =
                try now.map { (id) throws(GitError) in
                    try repository.isAncestor(commit, of: id)
                } ?? false
        } catch {
            throw LedgerError(
                .io,
                "\(subject): \(failure.message), and the branch cannot be read: "
                    + "it is not known whether the transition was recorded",
                retry: .indeterminate)
        }
        guard happened else { throw LedgerError(failure, about: subject) }
        return .moved
    }

    /// Points `HEAD` at a branch that exists, so that `git log` without arguments works.
    private func pointHead(of repository: Repository, at environment: String, first: Bool) {
        guard first else { return }
        do throws(GitError) {
            if try repository.head() == nil { try repository.setHead(branch: environment) }
        } catch {
            // A convenience: the transition is recorded whether or not HEAD is moved.
        }
    }

    private static func pause(_ attempt: Int) {
        let most = min(200_000, 2_000 << min(attempt, 6))
        usleep(UInt32.random(in: 500...UInt32(most)))
    }
}
