import Basics
import Store
import Schema

/// The result of `Ledger.verify`.
package struct VerifyReport: Sendable, Hashable {
    /// One thing that is wrong, and what to do about it.
    package struct Problem: Sendable, Hashable {
        /// The kinds of problems.
        package enum Kind: String, Sendable {
            /// An object's bytes do not hash to its name.
            case damagedObject
            /// An object that another one names is not there.
            case missingObject
            /// An object is there and cannot be read: nobody knows what it holds.
            case unreadableObject
            /// A file of the store, whose objects may be read nevertheless.
            case damagedFile
            /// A commit that the ledger did not write.
            case foreignCommit
            /// A reference that points to no commit.
            case brokenReference
            /// A document that does not match its path.
            case badDocument
        }

        package let kind: Kind
        /// Where it was first found: `environment:path`, the name of the reference, or the file.
        package let place: String
        /// The id of the object; empty for a reference that has none.
        package let object: String
        /// What is wrong and what to do.
        package let message: String
        /// Whether it is part of an environment as it is now, and not only of its history.
        package let isCurrent: Bool
    }

    package internal(set) var environments: [String] = []
    package internal(set) var commits = 0
    package internal(set) var objects = 0
    package internal(set) var problems: [Problem] = []
    /// Files that an interrupted writer left, relative to the ledger; the next write removes them.
    package internal(set) var strayFiles: [String] = []

    /// Whether nothing is wrong; stray files do not count.
    package var isSound: Bool { problems.isEmpty }
}

extension Ledger {
    /// Reads everything: re-hashes every object, follows every branch to its first transition and
    /// checks each document against its path. Changes nothing; throws `missing` where there is no
    /// ledger.
    package func verify() throws(LedgerError) -> VerifyReport {
        try requireMade()
        do throws(StoreError) {
            // What is kept in memory would hide what is damaged on the disk.
            try backend.forget()
            var verifier = Verifier(backend)
            try verifier.run()
            verifier.report.strayFiles = try backend.strayFiles()
            return verifier.report
        } catch {
            throw LedgerError(error, about: "verifying the ledger \(path)")
        }
    }
}

/// One pass over a ledger.
private struct Verifier {
    private let backend: any LedgerBackend
    private let reader: ObjectReader
    private var seen: Set<ObjectID> = []
    private var damaged: Set<ObjectID> = []
    /// The objects checked so far: one is checked once per place, not once per transition.
    private var judged: Set<Placed> = []
    /// Whether the newest transition of an environment is being checked.
    private var isCurrent = true
    var report = VerifyReport()

    private struct Placed: Hashable {
        let id: ObjectID
        let path: [String]
    }

    init(_ backend: any LedgerBackend) {
        self.backend = backend
        reader = ObjectReader(backend)
    }

    mutating func run() throws(StoreError) {
        let files = try backend.damagedFiles()
        for file in files {
            add(
                .damagedFile, at: file.path, nil,
                "\(file.reason): restore it from a backup, or run `plumb store verify --repair`")
        }
        for reference in try backend.references(below: "refs/") { verify(reference: reference) }
        do throws(StoreError) {
            try verifyTheRest()
        } catch  where error.code == .corrupt && !files.isEmpty {
            // What lies in the damaged files and belongs to no branch cannot be listed.
        }
        report.objects = seen.count
    }

    private mutating func verifyTheRest() throws(StoreError) {
        isCurrent = false
        let backend = backend
        try backend.eachPage(of: Self.page) { ids in
            for id in ids where !seen.contains(id) {
                _ = verify(id, at: "no branch (unreachable)")
            }
        }
    }

    /// How many ids are listed at once.
    private static let page = 10_000

    private mutating func verify(reference: String) {
        let name =
            reference.hasPrefix("refs/heads/")
            ? String(reference.dropFirst("refs/heads/".count)) : reference
        report.environments.append(name)
        let tip: ObjectID?
        do throws(StoreError) {
            tip = try backend.reference(reference)
        } catch {
            tip = nil
        }
        guard let tip else {
            add(
                .brokenReference, at: reference, nil,
                "it points at no commit: write the last good commit's name into "
                    + "\(reference), from a backup or `git fsck --lost-found`")
            return
        }
        var pending = [tip]
        defer { isCurrent = true }
        while let id = pending.popLast() {
            isCurrent = id == tip
            guard !seen.contains(id), verify(id, at: name) == .commit else { continue }
            pending += verify(commit: id, environment: name)
        }
    }

    /// Checks one transition and everything in it; returns its parents.
    private mutating func verify(commit id: ObjectID, environment: String) -> [ObjectID] {
        report.commits += 1
        let commit: CommitObject
        do throws(StoreError) {
            commit = try reader.commit(id)
        } catch {
            damage(id, at: environment, error)
            return []
        }
        if !EventMessage.isWritten(commit.message) || commit.parents.count > 1 {
            add(
                .foreignCommit, at: environment, id,
                "it is no transition that plumb wrote (\(commit.summary)): "
                    + "move the branch back to the commit before it")
        }
        verify(tree: commit.tree, environment: environment, path: [])
        return commit.parents
    }

    private mutating func verify(tree id: ObjectID, environment: String, path: [String]) {
        let place = "\(environment):\(path.joined(separator: "/"))"
        if !seen.contains(id) { _ = verify(id, at: place) }
        guard !damaged.contains(id), judged.insert(.init(id: id, path: path)).inserted else {
            return
        }
        let entries: [TreeObject.Entry]
        do throws(StoreError) {
            entries = try reader.tree(id).entries
        } catch {
            damage(id, at: place, error)
            return
        }
        for entry in entries {
            let inner = path + [entry.name]
            if entry.mode == .folder {
                verify(tree: entry.id, environment: environment, path: inner)
            } else {
                verify(document: entry.id, environment: environment, path: inner)
            }
        }
    }

    private mutating func verify(document id: ObjectID, environment: String, path: [String]) {
        let place = "\(environment):\(path.joined(separator: "/"))"
        if !seen.contains(id) { _ = verify(id, at: place) }
        let rule = DocumentRule(path)
        guard rule != .free, !damaged.contains(id),
            judged.insert(.init(id: id, path: path)).inserted
        else { return }
        do throws(StoreError) {
            let bytes = try reader.blob(id)
            if let complaint = rule.complaint(about: bytes) {
                add(
                    .badDocument, at: place, id,
                    "\(complaint): restore it from an earlier transition (git log -- "
                        + "\(path.joined(separator: "/")))")
            }
        } catch {
            damage(id, at: place, error)
        }
    }

    /// Re-hashes an object; nil where it is damaged.
    private mutating func verify(_ id: ObjectID, at place: String) -> ObjectKind? {
        seen.insert(id)
        do throws(StoreError) {
            return try reader.object(id).kind
        } catch {
            damage(id, at: place, error)
            return nil
        }
    }

    private mutating func damage(_ id: ObjectID, at place: String, _ error: StoreError) {
        guard damaged.insert(id).inserted else { return }
        let (kind, remedy): (VerifyReport.Problem.Kind, String) =
            switch error.code {
            case .missing: (.missingObject, repair(id))
            case .corrupt, .invalid: (.damagedObject, repair(id))
            default: (.unreadableObject, "check the disk and the rights on it")
            }
        add(kind, at: place, id, "\(error.message): \(remedy)")
    }

    private func repair(_ id: ObjectID) -> String {
        "fetch it from another copy of the ledger with `plumb store verify --repair --from`, or "
            + "restore \(backend.whereabouts(of: id)) from a backup"
    }

    private mutating func add(
        _ kind: VerifyReport.Problem.Kind, at place: String, _ id: ObjectID?, _ message: String
    ) {
        report.problems.append(
            .init(
                kind: kind, place: place, object: id?.hex ?? "", message: message,
                isCurrent: isCurrent))
    }
}
