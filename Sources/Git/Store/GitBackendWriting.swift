import Basics
import Foundation
import Store

extension GitBackend {
    package func reference(_ name: String) throws(StoreError) -> ObjectID? {
        try refresh()
        let repository = try repository()
        do throws(GitError) {
            if let moved = try MoveJournal(place).target(of: name) { return moved }
            if let target = try repository.target(of: name) { return target }
            try requireReadable(name)
            // It may have been made between the two looks.
            return try repository.target(of: name)
        } catch {
            throw StoreError(error, about: "reading \(name) of \(place)")
        }
    }

    /// Throws `unreadable` where a file that may hold a reference cannot be read: libgit2 takes it
    /// for one that is not there.
    private func requireReadable(_ name: String) throws(GitError) {
        for file in [name, "packed-refs"] {
            let path = "\(place)/\(file)"
            guard access(path, R_OK) != 0, errno != ENOENT else { continue }
            throw GitError(
                .unreadable, "\(path): \(String(cString: strerror(errno)))",
                remedy: "check what it is, and its rights")
        }
    }

    package func references(below prefix: String) throws(StoreError) -> [String] {
        try translating("listing the references of \(place)") { (repository) throws(GitError) in
            let moved = try MoveJournal(place).names.filter { $0.hasPrefix(prefix) }
            return try Set(repository.references(below: prefix) + moved).sorted(by: bytesPrecede)
        }
    }

    package func write(
        _ purpose: String, under leases: [Lease], _ compose: () throws -> StoreWrite?
    ) throws -> Bool {
        let turn = try WriteTurn(place, waitSeconds: waitSeconds, purpose: purpose)
        defer { withExtendedLifetime(turn) {} }
        removeLeftOversOnce()
        let repository = try repository()
        do throws(GitError) {
            try MoveJournal(place).finish(in: repository)
        } catch {
            let failure = StoreError(error, about: "finishing an earlier write to \(place)")
            guard error.code == .locked else { throw failure }
            removeLeftOvers()
            throw StoreError(.busy, failure.fault, remedy: "wait for the git command that runs")
        }
        for lease in leases { try require(lease) }
        guard let write = try compose() else { return false }
        try check(write)
        try keep(write.objects)
        try turn.requireHeld()
        try move(write.moves)
        mergePacks()
        return true
    }

    /// Makes sure, before anything is written, that every reference can be moved as it is asked.
    private func check(_ write: StoreWrite) throws(StoreError) {
        let names = write.moves.map(\.name)
        let isNew = write.moves.contains { $0.old == nil }
        let known = isNew ? try references(below: "refs/") : []
        if let fault = ReferenceNames.fault(names, beside: known) {
            throw StoreError(
                .invalid, "\(place): \(fault)", remedy: "nothing was written; use another name")
        }
        for move in write.moves {
            let found = try reference(move.name)
            guard found == move.old else {
                throw StoreError(
                    .modified,
                    "\(move.name) of \(place) is \(found?.short ?? "not there"), not "
                        + "\(move.old?.short ?? "new")")
            }
        }
        let new = Set(write.objects.map(\.id))
        let others = write.moves.map(\.new).filter { !new.contains($0) }
        if !others.isEmpty, let absent = try absent(of: others).min() {
            throw StoreError(
                .missing, "object \(absent), to which a reference is to point, is not in \(place)")
        }
    }

    /// Moves the references, all or none; call it with the turn held, after `check`.
    private func move(_ moves: [ReferenceMove]) throws(StoreError) {
        guard let first = moves.first else { return }
        guard moves.count > 1 else { return try move(first) }
        let journal = MoveJournal(place)
        do throws(GitError) {
            try journal.record(moves)
        } catch {
            let subject = "moving references of \(place)"
            guard (try? journal.names.isEmpty) == true else {
                throw StoreError(
                    .indeterminate,
                    "\(subject): \(error.fault), and the next write will do it: "
                        + "it is not known whether that outlives the machine")
            }
            throw StoreError(error, about: subject)
        }
        // They have happened by now, for every reader: what stays to be done is the next writer's.
        if let repository = try? repository() { try? journal.finish(in: repository) }
    }

    private func move(_ move: ReferenceMove) throws(StoreError) {
        let subject = "moving \(move.name) of \(place)"
        let repository = try repository()
        let failure: GitError
        do throws(GitError) {
            return try repository.move(move.name, from: move.old, to: move.new)
        } catch {
            failure = error
        }
        if failure.code == .locked {
            // The lock file in the way may be nobody's any more: then the next attempt succeeds.
            removeLeftOvers()
            throw StoreError(
                .busy, "\(place)/\(move.name).lock: a git command is moving this branch",
                remedy: "if none is running, remove that file")
        }
        guard failure.code != .modified else { throw StoreError(failure, about: subject) }
        // The move may have happened before the failure: the reference itself tells.
        let now: ObjectID?
        do throws(GitError) {
            now = try repository.target(of: move.name)
        } catch {
            throw StoreError(
                .indeterminate,
                "\(subject): \(failure.message), and the branch cannot be read: "
                    + "it is not known whether it was recorded")
        }
        guard now == move.new else { throw StoreError(failure, about: subject) }
    }

    /// Points `HEAD` at a branch that exists, so that `git log` without arguments works.
    package func pointHead(at branch: String) {
        // A convenience: everything is recorded whether or not HEAD is moved.
        try? translating("pointing HEAD of \(place)") { (repository) throws(GitError) in
            if try repository.head() == nil { try repository.setHead(branch: branch) }
        }
    }

    /// The number of packs that is tolerated before the small ones are merged.
    static let mostPacks = 24

    /// Merges small packs where there are many; call it with the turn held.
    ///
    /// What was to be written is durable already: a failure here is nobody's, and a later write
    /// tries again, once there are as many more. A compaction under way removes packs itself.
    private func mergePacks() {
        // Each write adds one pack; those that other processes add they look after themselves.
        let isDue = writesToLook.withLock { count in
            count -= 1
            return count <= 0
        }
        guard isDue, let repository = try? repository() else { return }
        let maintenance = PackMaintenance(repository, sharing: .theOthers)
        let limit = unmergeable.withLock { $0 } + Self.mostPacks
        let count = (try? maintenance.all().count) ?? limit
        writesToLook.withLock { $0 = max(1, limit + 1 - count) }
        guard let due = try? maintenance.due(limit: limit), !due.isEmpty,
            let turn = try? CompactionTurn(place)
        else { return }
        defer { withExtendedLifetime(turn) {} }
        guard let merged = try? PackMerge(folder: maintenance.folder).merge(due.map(\.name)) else {
            return unmergeable.withLock { $0 = due.count }
        }
        unmergeable.withLock { $0 = 0 }
        try? maintenance.replace(merged.replaced, by: merged.name)
        try? reopen()
    }
}
