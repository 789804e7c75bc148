import Execution
import Foundation
import Git

/// The append-only record of what Plumb decided and did.
///
/// A bare git repository: one branch per environment, whose commits carry the transitions.
/// `git log`, `git show` and `git fsck` work on it.
package final class Ledger: Sendable {
    /// The folder of the repository.
    package let path: String
    /// How long a write waits for another process to finish writing, in seconds.
    package let lockWaitSeconds: Double
    /// Signs each transition; nil for an unsigned ledger.
    let signer: LedgerSigner?

    /// The repository; nil until it is found or created.
    private let opened = Lock<Repository?>(nil)
    /// What threads of this process have to record, by environment.
    private let queues = Lock<[String: TransitionQueue]>([:])
    /// Whether left-overs were looked for.
    private let isSwept = Lock(false)

    private init(path: String, lockWaitSeconds: Double, signer: LedgerSigner?) {
        self.path = path
        self.lockWaitSeconds = lockWaitSeconds
        self.signer = signer
    }

    /// Opens the ledger in the folder `path`.
    ///
    /// One that does not exist yet counts as empty. Every read looks for it again, and the first
    /// write, of this process or another, creates it. Throws `notALedger` where the folder holds
    /// something else.
    ///
    /// - Parameter signingKey: the file of the SSH key that signs each transition, read before the
    ///   first write; nil for an unsigned ledger.
    package static func open(
        path: String, lockWaitSeconds: Double = 10, signingKey: String? = nil
    ) throws(LedgerError) -> Ledger {
        let ledger = Ledger(
            path: path, lockWaitSeconds: lockWaitSeconds,
            signer: signingKey.map { LedgerSigner(path: $0) })
        _ = try ledger.found()
        return ledger
    }

    /// Whether the repository exists.
    package var isThere: Bool { get throws(LedgerError) { try found() != nil } }

    /// Throws `missing` where the repository does not exist.
    package func requireMade() throws(LedgerError) {
        guard try isThere else { throw missing }
    }

    /// Creates the ledger where there is none, so that an unwritable disk or an unusable signing
    /// key is found before there is anything to record.
    package func make() throws(LedgerError) {
        try signer?.prepare()
        _ = try repository()
    }

    /// The repository; nil where it does not exist.
    func found() throws(LedgerError) -> Repository? {
        if let repository = opened.withLock({ $0 }) { return repository }
        guard try !Folder.isMissingOrUnused(path) else { return nil }
        let repository = try Self.openRepository(path, lockWaitSeconds: lockWaitSeconds)
        guard repository.workFolder == nil else {
            throw Self.notALedger(path, "it is a repository with checked-out files")
        }
        try Self.requireMark(repository, path)
        opened.withLock { $0 = repository }
        return repository
    }

    /// The repository, created where it does not exist.
    func repository() throws(LedgerError) -> Repository {
        if let repository = try found() { return repository }
        try Self.create(path, lockWaitSeconds: lockWaitSeconds)
        guard let repository = try found() else {
            throw LedgerError(
                .io, "\(path): the ledger was made, and is gone", remedy: "look who removes it")
        }
        return repository
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

    /// Looks for left-overs with the first write of this handle: after a clean end of the last
    /// writer they can only be those of a git command.
    func removeLeftOversOnce() {
        let isFirst = isSwept.withLock { isSwept in
            defer { isSwept = true }
            return !isSwept
        }
        if isFirst { removeLeftOvers() }
    }

    /// Removes what no running git command can still need; call it with the write lock held.
    func removeLeftOvers() {
        StaleFiles.remove(in: path, minimumAgeSeconds: Self.foreignSeconds)
    }

    /// The age from which a git command's lock file counts as abandoned.
    private static let foreignSeconds: Double = 600

    /// The environments that have at least one transition, sorted.
    package func environments() throws(LedgerError) -> [String] {
        guard let repository = try found() else { return [] }
        return try translating("the ledger \(path)") { () throws(GitError) in
            try repository.branches()
        }
    }

    /// The current documents of `environment`; nil where nothing was ever recorded.
    ///
    /// A damaged or unreadable record throws and is never nil.
    package func snapshot(_ environment: String) throws(LedgerError) -> LedgerSnapshot? {
        let reference = try Self.reference(environment)
        guard let repository = try found() else { return nil }
        return try translating("environment \(environment) of the ledger \(path)") {
            () throws(GitError) in
            guard let id = try repository.target(of: reference) else { return nil }
            return try LedgerSnapshot(
                environment: environment, repository: repository,
                commit: repository.commit(id))
        }
    }

    /// The documents after an earlier transition of an environment.
    package func snapshot(
        _ environment: String, at commit: ObjectID
    ) throws(LedgerError) -> LedgerSnapshot {
        guard let repository = try found() else { throw missing }
        return try translating("commit \(commit.short) of the ledger \(path)") {
            () throws(GitError) in
            try LedgerSnapshot(
                environment: environment, repository: repository,
                commit: repository.commit(commit))
        }
    }

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
        return "refs/heads/\(environment)"
    }

    private static func openRepository(
        _ path: String, lockWaitSeconds: Double
    ) throws(LedgerError) -> Repository {
        do throws(GitError) {
            do throws(GitError) {
                return try Repository(opening: path)
            } catch  where error.code == .notFound && Folder.isBeingWritten(path) {
                // Another process is creating it: look again once that has released its lock.
                do throws(LedgerError) {
                    _ = try WriteLock(
                        ledger: path, waitSeconds: lockWaitSeconds, purpose: "opening")
                } catch {
                    throw GitError(.locked, error.fault, remedy: error.remedy)
                }
                return try Repository(opening: path)
            }
        } catch  where error.code == .notFound || error.code == .invalid {
            throw notALedger(path, "it is no git repository")
        } catch {
            throw LedgerError(error, about: "opening the ledger \(path)")
        }
    }

    private static func create(
        _ path: String, lockWaitSeconds: Double
    ) throws(LedgerError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw LedgerError(
                .io, "cannot create the folder of the ledger \(path)", remedy: "check its rights")
        }
        let lock = try WriteLock(ledger: path, waitSeconds: lockWaitSeconds, purpose: "creating")
        defer { withExtendedLifetime(lock) {} }
        // Another process may have been faster.
        guard try Folder.isMissingOrUnused(path) else { return }
        try Folder.hide(path)
        _ = try translating("creating the ledger \(path)") { () throws(GitError) in
            let repository = try Repository(
                openingOrCreatingBare: path, initialBranch: "production")
            try repository.setSetting(Self.mark, to: Self.version)
        }
    }

    private static let mark = "plumb.ledgerversion"
    private static let version: Int64 = 1

    /// A restored or cloned ledger has no mark; then every branch must end in a ledger's event.
    private static func requireMark(
        _ repository: Repository, _ path: String
    ) throws(LedgerError) {
        let subject = "opening the ledger \(path)"
        let found = try translating(subject) { () throws(GitError) in
            try repository.setting(mark)
        }
        if let found {
            guard found == version else {
                throw notALedger(path, "it has layout \(found), and this plumb knows \(version)")
            }
            return
        }
        let messages = try translating(subject) { () throws(GitError) in
            try repository.references(below: "refs/heads/").map { (name) throws(GitError) in
                try repository.resolve(name).message
            }
        }
        guard messages.allSatisfy({ EventMessage.isWritten($0) }) else {
            throw notALedger(path, "it is a repository with other commits in it")
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

    private static func notALedger(_ path: String, _ why: String) -> LedgerError {
        LedgerError(
            .notALedger,
            "\(path) is not a ledger: \(why)", remedy: "name the ledger's own folder, or a new one")
    }
}

/// Checks the ledger's folder before anything in it is opened or created.
private enum Folder {
    /// Whether `path` does not exist, or is a folder with nothing but our own lock file in it.
    static func isMissingOrUnused(_ path: String) throws(LedgerError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return true }
            throw LedgerError(
                .io, "\(path): \(String(cString: strerror(errno)))",
                remedy: "check the path and its rights")
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw LedgerError(.notALedger, "\(path) is no readable folder", remedy: "name a folder")
        }
        // A creation that was interrupted before HEAD was written starts over.
        let known: Set<String> = [
            "plumb.lock", "objects", "refs", "config", "config.lock", "info", "hooks",
            "description", "branches", ".gitignore",
        ]
        return names.allSatisfy(known.contains)
    }

    /// Writes a `.gitignore`, so that `git add` in a surrounding repository skips the ledger.
    static func hide(_ path: String) throws(LedgerError) {
        do {
            try Data("*\n".utf8).write(to: URL(fileURLWithPath: "\(path)/.gitignore"))
        } catch {
            throw LedgerError(
                .io, "cannot write into the folder of the ledger \(path)",
                remedy: "check its rights and the room on the disk")
        }
    }

    static func isBeingWritten(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/plumb.lock")
    }
}
