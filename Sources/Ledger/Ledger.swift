import Basics
import Execution
import Foundation
import Git
import Store

/// The append-only record of what Plumb decided and did.
///
/// One branch per environment, whose commits carry the transitions. Where the store is a bare git
/// repository, `git log`, `git show` and `git fsck` work on it.
package final class Ledger: Sendable {
    /// Where it is: the folder of the repository.
    package var path: String { backend.place }
    /// Keeps the objects and the references.
    let backend: any LedgerBackend
    /// Reads what the transitions are made of.
    let reader: ObjectReader
    /// Signs each transition; nil for an unsigned ledger.
    let signer: LedgerSigner?

    /// Called with the bytes of a commit's objects once it is recorded.
    let recorded: @Sendable (Int) -> Void

    /// Whether the store was found to be a ledger.
    private let isKnown = Lock(false)
    /// What threads of this process have to record, by environment.
    private let queues = Lock<[String: TransitionQueue]>([:])
    /// The leases that this handle holds, by environment.
    let leases = HeldLeases()

    private init(
        backend: any LedgerBackend, signer: LedgerSigner?,
        recorded: @escaping @Sendable (Int) -> Void
    ) {
        self.backend = backend
        self.recorded = recorded
        reader = ObjectReader(backend)
        self.signer = signer
    }

    /// Opens the ledger in the folder `path`.
    ///
    /// One that does not exist yet counts as empty. Every read looks for it again, and the first
    /// write, of this process or another, creates it. Throws `notALedger` where the folder holds
    /// something else.
    ///
    /// - Parameters:
    ///   - lockWaitSeconds: how long a write waits for another process to finish writing.
    ///   - signingKey: the file of the SSH key that signs each transition, read before the first
    ///     write; nil for an unsigned ledger.
    ///   - recorded: called with the bytes of each commit's objects once it is on the disk.
    package static func open(
        path: String, lockWaitSeconds: Double = 10, signingKey: String? = nil,
        recorded: @escaping @Sendable (_ bytes: Int) -> Void = { _ in }
    ) throws(LedgerError) -> Ledger {
        try open(
            GitBackend(path: path, waitSeconds: lockWaitSeconds), signingKey: signingKey,
            recorded: recorded)
    }

    /// Opens the ledger in a store of any kind.
    package static func open(
        _ backend: any LedgerBackend, signingKey: String? = nil,
        recorded: @escaping @Sendable (_ bytes: Int) -> Void = { _ in }
    ) throws(LedgerError) -> Ledger {
        let ledger = Ledger(
            backend: backend, signer: signingKey.map { LedgerSigner(path: $0) },
            recorded: recorded)
        _ = try ledger.isThere
        return ledger
    }

    /// Whether the ledger exists.
    package var isThere: Bool {
        get throws(LedgerError) {
            if isKnown.withLock({ $0 }) { return true }
            return try translating("opening the ledger \(path)") { () throws(StoreError) in
                guard try backend.isMade() else { return false }
                try requireMark()
                isKnown.withLock { $0 = true }
                return true
            }
        }
    }

    /// Throws `missing` where the ledger does not exist.
    package func requireMade() throws(LedgerError) {
        guard try isThere else { throw missing }
    }

    /// Creates the ledger where there is none, so that an unwritable disk or an unusable signing
    /// key is found before there is anything to record.
    package func make() throws(LedgerError) {
        try signer?.prepare()
        if try isThere { return }
        try translating("creating the ledger \(path)") { () throws(StoreError) in
            try backend.make(version: Self.versions.upperBound)
        }
        _ = try isThere
    }

    /// What threads of this process have to record in `environment`.
    func queue(of environment: String) -> TransitionQueue {
        queues.withLock { queues in
            if let known = queues[environment] { return known }
            let new = TransitionQueue()
            queues[environment] = new
            return new
        }
    }

    /// The environments that have at least one transition, sorted.
    package func environments() throws(LedgerError) -> [String] {
        guard try isThere else { return [] }
        return try translating("the ledger \(path)") { () throws(StoreError) in
            try backend.references(below: Self.branches).map {
                String($0.dropFirst(Self.branches.count))
            }
        }
    }

    /// The current documents of `environment`; nil where nothing was ever recorded.
    ///
    /// A damaged or unreadable record throws and is never nil.
    package func snapshot(_ environment: String) throws(LedgerError) -> LedgerSnapshot? {
        let reference = try Self.reference(environment)
        guard try isThere else { return nil }
        return try translating("environment \(environment) of the ledger \(path)") {
            () throws(StoreError) in
            guard let id = try backend.reference(reference) else { return nil }
            return try LedgerSnapshot(environment: environment, reader: reader, commit: id)
        }
    }

    /// The documents after an earlier transition of an environment.
    package func snapshot(
        _ environment: String, at commit: ObjectID
    ) throws(LedgerError) -> LedgerSnapshot {
        try requireMade()
        return try translating("commit \(commit.short) of the ledger \(path)") {
            () throws(StoreError) in
            try LedgerSnapshot(environment: environment, reader: reader, commit: commit)
        }
    }

    /// Where the branches of the environments lie.
    static let branches = "refs/heads/"

    /// The branch of an environment; throws `invalid` for a name that cannot be one.
    static func reference(_ environment: String) throws(LedgerError) -> String {
        let bytes = Array(environment.utf8)
        let good = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard good, (1...64).contains(bytes.count), !environment.hasPrefix("."),
            !environment.hasPrefix("-"), !environment.hasSuffix("."),
            !environment.hasSuffix(".lock"), !environment.contains(".."), environment != "HEAD"
        else {
            throw LedgerError(
                .invalid,
                "environment \"\(environment)\": the ledger takes no such name",
                remedy: "use 1 to 64 letters, digits, '-', '_' and single "
                    + "'.', beginning with a letter, a digit or '_' and not ending in .lock")
        }
        return branches + environment
    }

    /// The layouts of trees that are read; what is written is the last one.
    private static let versions: ClosedRange<Int64> = 1...2

    /// Marks the ledger as one that has the present layout, so that an earlier plumb, which does
    /// not know it, refuses to write. Does nothing where there is no ledger yet: one that is made
    /// has the mark.
    package func raiseMark() throws(LedgerError) {
        guard try isThere else { return }
        try translating("marking the layout of the ledger \(path)") { () throws(StoreError) in
            guard try backend.version() != Self.versions.upperBound else { return }
            try backend.setVersion(Self.versions.upperBound)
        }
    }

    /// A restored or cloned ledger has no mark; then every branch must end in a ledger's event.
    private func requireMark() throws(StoreError) {
        if let found = try backend.version() {
            guard Self.versions.contains(found) else {
                throw StoreError.notALedger(
                    path,
                    "it has layout \(found), and this plumb knows \(Self.versions.lowerBound) to "
                        + "\(Self.versions.upperBound)")
            }
            return
        }
        for name in try backend.references(below: Self.branches) {
            guard let id = try backend.reference(name) else { continue }
            guard EventMessage.isWritten(try reader.commit(id).message) else {
                throw StoreError.notALedger(path, "it is a repository with other commits in it")
            }
        }
    }

    /// The error of a command that needs a ledger where there is none.
    package var missing: LedgerError {
        LedgerError(
            .missing,
            "there is no ledger at \(path) yet",
            remedy: "`plumb reconcile` makes one, and --ledger names "
                + "one that is elsewhere")
    }
}
