import Basics
import Execution
import Foundation
import Store

/// The store of a ledger in a bare git repository, on which git's own commands work.
package final class GitBackend: LedgerBackend {
    /// The folder of the repository.
    package let place: String
    /// How long a write waits for another process to finish writing, in seconds.
    let waitSeconds: Double

    /// The repository and the state of its packs when it was opened; nil until it is found.
    private let opened = Lock<Opened?>(nil)
    /// Whether left-overs were looked for.
    private let isSwept = Lock(false)
    /// Which lease is taken after a look for old ones.
    let leaseSweeps = EveryNth(100)
    /// How many packs there were when none of them could be merged.
    let unmergeable = Lock(0)
    /// How many writes of this handle it takes until there can be too many packs.
    let writesToLook = Lock(1)

    private struct Opened {
        let repository: Repository
        var packs: FileStamp
        /// An index that libgit2 must not read; nil where there is none.
        let damage: GitError?

        init(_ path: String, waitSeconds: Double) throws(StoreError) {
            let folder = path + "/objects/pack"
            packs = FileStamp(folder)
            repository = try RepositoryFolder(path).open(waitSeconds: waitSeconds)
            do throws(GitError) {
                damage = try PackCheck(folder: folder).damagedIndex()
            } catch {
                // Whoever looks for an object is told.
                damage = error
            }
        }
    }

    package init(path: String, waitSeconds: Double = 10) {
        place = path
        self.waitSeconds = waitSeconds
    }

    package func isMade() throws(StoreError) -> Bool { try found() != nil }

    package func make(version: Int64) throws(StoreError) {
        if try found() != nil { return }
        try RepositoryFolder(place).create(waitSeconds: waitSeconds, version: version)
        guard try found() != nil else {
            throw StoreError(
                .other, "\(place): the ledger was made, and is gone", remedy: "look who removes it")
        }
    }

    package func version() throws(StoreError) -> Int64? {
        try translating("reading the version of \(place)") { (repository) throws(GitError) in
            try repository.setting(Self.mark)
        }
    }

    package func setVersion(_ version: Int64) throws(StoreError) {
        let turn = try WriteTurn(place, waitSeconds: waitSeconds, purpose: "marking its layout")
        defer { withExtendedLifetime(turn) {} }
        try translating("setting the version of \(place)") { (repository) throws(GitError) in
            try repository.setSetting(Self.mark, to: version)
        }
    }

    static let mark = "plumb.ledgerversion"

    // MARK: - The repository

    /// The repository; nil where it does not exist.
    func found() throws(StoreError) -> Repository? {
        if let known = opened.withLock({ $0 }) { return known.repository }
        guard try !RepositoryFolder(place).isMissingOrUnused() else { return nil }
        let new = try Opened(place, waitSeconds: waitSeconds)
        return opened.withLock { opened in
            if let opened { return opened.repository }
            opened = new
            return new.repository
        }
    }

    func repository() throws(StoreError) -> Repository {
        guard let repository = try found() else {
            throw StoreError(.noStore, "there is no ledger at \(place)")
        }
        return repository
    }

    var packs: String { "\(place)/objects/pack" }

    /// Opens the repository anew where packs came or went since it was opened: a handle goes on
    /// looking into packs that are gone, and believes what it saw in them.
    func refresh() throws(StoreError) {
        guard let known = opened.withLock({ $0 }), known.packs != FileStamp(packs) else { return }
        try reopen()
    }

    /// Lets `repository` find a pack that was just written with the turn held, without opening it
    /// anew for each write. What else comes or goes later than that is seen by ``refresh()``.
    func noteOwnPack(in repository: Repository) throws(GitError) {
        let stamp = FileStamp(packs)
        try repository.refreshObjects()
        opened.withLock { opened in
            if opened?.repository === repository { opened?.packs = stamp }
        }
    }

    package func forget() throws(StoreError) { try reopen() }

    /// Opens the repository anew.
    func reopen() throws(StoreError) {
        let new = try Opened(place, waitSeconds: waitSeconds)
        opened.withLock { $0 = new }
    }

    /// Runs `body` on the repository to look at its objects; throws `corrupt` where an index is
    /// damaged.
    func lookingAtObjects<Result>(
        _ subject: @autoclosure () -> String,
        _ body: (Repository) throws(GitError) -> Result
    ) throws(StoreError) -> Result {
        _ = try repository()
        if let damage = opened.withLock({ $0?.damage }) {
            throw StoreError(damage, about: subject())
        }
        return try translating(subject(), body)
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

    /// Removes what no running git command can still need; call it with the turn held.
    func removeLeftOvers() {
        StaleFiles.remove(in: place, minimumAgeSeconds: Self.foreignSeconds)
    }

    /// The age from which a git command's lock file counts as abandoned.
    private static let foreignSeconds: Double = 600

    /// Files that an interrupted writer left, relative to the folder; the next write removes them.
    package func strayFiles() throws(StoreError) -> [String] {
        do throws(GitError) {
            return try StaleFiles.find(in: place, minimumAgeSeconds: Self.strayAgeSeconds)
        } catch {
            throw StoreError(error, about: "looking through \(place)")
        }
    }

    /// Younger files may belong to a write in progress.
    private static let strayAgeSeconds: Double = 60

    /// Runs `body` on the repository.
    func translating<Result>(
        _ subject: @autoclosure () -> String,
        _ body: (Repository) throws(GitError) -> Result
    ) throws(StoreError) -> Result {
        let repository = try repository()
        do throws(GitError) {
            return try body(repository)
        } catch {
            throw StoreError(error, about: subject())
        }
    }

    package func now() -> Date { Date() }
}

extension StoreError {
    /// The store's error for a failure of its repository; `subject` says what was being done.
    init(_ error: GitError, about subject: String) {
        let code: Code =
            switch error.code {
            case .corrupt: .corrupt
            case .locked: .locked
            case .modified, .exists: .modified
            case .diskFull: .diskFull
            case .invalid: .invalid
            case .unreadable: .unreadable
            case .notFound: .missing
            case .unborn, .empty, .certificate, .authentication, .network, .other:
                .other
            }
        self.init(code, "\(subject): \(error.fault)", remedy: error.remedy)
    }
}
