import Basics
import CGit2
import Foundation

/// An open repository.
///
/// Safe to share between threads: one of them at a time uses the handle.
package final class Repository: @unchecked Sendable {
    // Sendable because `handle` and `measured` are only used inside `locked`.
    private let handle: Handle
    /// Objects whose length was checked, which is done once for each.
    private var measured: Set<ObjectID> = []
    private let lock = NSRecursiveLock()

    /// The folder that holds the objects and references (`.git`, or the bare repository).
    package let folder: String

    /// Opens the repository at `path` or at `path/.git`.
    ///
    /// Throws `notFound` where there is none.
    package convenience init(opening path: String) throws(GitError) {
        try LibGit.start()
        try self.init(
            handle: Handle("opening the repository \(path)", free: git_repository_free) {
                git_repository_open(&$0.pointee, path)
            })
    }

    /// Opens the bare repository at `path`, which is created where there is none.
    ///
    /// - Parameter initialBranch: the branch that `HEAD` points to in a new repository.
    package convenience init(
        openingOrCreatingBare path: String, initialBranch: String
    ) throws(GitError) {
        do throws(GitError) {
            try self.init(opening: path)
        } catch  where error.code == .notFound {
            try self.init(
                handle: Handle("creating the repository \(path)", free: git_repository_free) {
                    out in
                    initialBranch.withCString { branch in
                        var options = git_repository_init_options()
                        git_repository_init_options_init(
                            &options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
                        options.flags =
                            GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
                        options.initial_head = branch
                        return git_repository_init_ext(out, path, &options)
                    }
                })
        }
    }

    /// Opens the repository that contains `path`, searching upwards as git does.
    ///
    /// Throws `notFound` where no folder above `path` is a repository.
    package static func discover(from path: String) throws(GitError) -> Repository {
        try LibGit.start()
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        do throws(GitError) {
            try LibGit.check(
                git_repository_discover(&buffer, path, 0, nil),
                "looking for a repository from \(path)")
        } catch  where error.code == .notFound {
            throw GitError(
                .notFound, error.fault,
                remedy: "run in the schema repository, or name it with --source")
        }
        guard let found = buffer.ptr else {
            throw GitError(.other, "looking for a repository from \(path): libgit2 named none")
        }
        let folder = String(cString: found)
        try refuseHidden(folder)
        try refuseForeign(folder, from: path)
        return try Repository(opening: folder)
    }

    /// The repository that `path` lies in; nil where no folder above it is one.
    ///
    /// Throws where there is one that cannot be opened or must not be: that is never "none".
    package static func around(_ path: String) throws(GitError) -> Repository? {
        do throws(GitError) {
            return try discover(from: path)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// Refuses a bare repository that is made of files of another repository.
    ///
    /// A commit can contain all files of a bare repository, with branches and settings of its
    /// author's choice. It cannot contain a folder `.git`.
    private static func refuseHidden(_ folder: String) throws(GitError) {
        guard !folder.contains("/.git/") else { return }
        var outer = git_buf()
        defer { git_buf_dispose(&outer) }
        guard git_repository_discover(&outer, folder + "/..", 0, nil) == 0 else { return }
        throw GitError(
            .invalid,
            "\(folder) is a bare repository inside another one: a commit can put one there",
            remedy: "run above it, or name it as file://\(folder)")
    }

    /// Refuses a repository of another user above a folder of this one: anybody who may write to
    /// `/tmp` could put one there.
    private static func refuseForeign(
        _ folder: String, from path: String
    ) throws(GitError) {
        var (found, start) = (stat(), stat())
        guard stat(folder, &found) == 0, stat(path, &start) == 0 else { return }
        guard ![geteuid(), 0, start.st_uid].contains(found.st_uid) else { return }
        throw GitError(
            .invalid,
            "\(folder) belongs to user \(found.st_uid), and \(path) to user \(start.st_uid)",
            remedy: "run as one of them, or in a folder of the repository's owner")
    }

    private init(handle: Handle) throws(GitError) {
        self.handle = handle
        guard let path = git_repository_path(handle.pointer) else {
            throw GitError(.other, "the repository has no folder", remedy: "it must lie on a disk")
        }
        folder = String(cString: path)
    }

    /// The folder of the checked-out files; nil for a bare repository.
    package var workFolder: String? {
        locked { pointer in git_repository_workdir(pointer).map { String(cString: $0) } }
    }

    /// Whether the repository has no commit reachable from `HEAD` and no branch.
    package func isEmpty() throws(GitError) -> Bool {
        guard try branches().isEmpty else { return false }
        return try head() == nil
    }

    /// The commit that `HEAD` points to; nil where its branch has no commit.
    package func head() throws(GitError) -> ObjectID? {
        try locked { (pointer) throws(GitError) in
            var id = git_oid()
            let code = git_reference_name_to_id(&id, pointer, "HEAD")
            if code == GIT_ENOTFOUND.rawValue || code == GIT_EUNBORNBRANCH.rawValue { return nil }
            try LibGit.check(code, "reading HEAD of \(folder)")
            return ObjectID(id)
        }
    }

    /// Throws `corrupt` for an object file that libgit2 must not read; see ``LooseObject``.
    func checkLength(of id: ObjectID) throws(GitError) {
        try locked { (pointer) throws(GitError) in
            guard !measured.contains(id) else { return }
            try LooseObject.check(id, in: pointer, folder: folder)
            measured.insert(id)
        }
    }

    /// Runs `body` with exclusive use of the handle.
    @discardableResult
    func locked<Result, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(handle.pointer)
    }
}
