import CGit2
import Foundation

/// libgit2 as a whole: its initialisation, and the translation of its codes into errors.
enum LibGit {
    /// The count of initialisations that libgit2 returned, or a negative code.
    private static let started: Int32 = {
        let count = git_libgit2_init()
        guard count > 0 else { return count }
        // The ledger must keep each acknowledged commit through a power failure.
        plumb_git_enable_fsync(1)
        // The check protects from hooks and commands in another user's configuration. libgit2 runs
        // neither, and a checkout in CI often belongs to another user.
        plumb_git_set_owner_validation(0)
        // By itself libgit2 keeps no tree of more than 4 kB. A folder of many files would be read
        // and inflated anew for each of them.
        plumb_git_cache_trees(4 << 20, 64 << 20)
        return count
    }()

    /// Initialises the library once; throws where that failed.
    static func start() throws(GitError) {
        let count = started
        guard count > 0 else {
            throw GitError(
                .other, "libgit2 did not start (code \(count))", remedy: "check its installation")
        }
    }

    /// Clears the last error: call it before a write, which may fail without setting a message.
    static func forget() {
        git_error_clear()
        errno = 0
    }

    /// Throws the error of a call that returned a negative `code`.
    ///
    /// - Parameter what: what was being done and to which object, for the message.
    @discardableResult
    static func check(
        _ code: Int32, _ what: @autoclosure () -> String
    ) throws(GitError) -> Int32 {
        guard code < 0 else { return code }
        let last = LastError()
        throw GitError(last.code(for: code), "\(what()): \(last.text(for: code))")
    }
}

/// libgit2's message for the last failure on this thread, which may be missing.
struct LastError {
    private let message: String?
    private let klass: Int32
    private let systemNumber: Int32

    init() {
        systemNumber = errno
        if let last = git_error_last() {
            message = last.pointee.message.map { String(cString: $0) }
            klass = last.pointee.klass
        } else {
            message = nil
            klass = 0
        }
    }

    func text(for code: Int32) -> String {
        if let message, !message.isEmpty { return message }
        return systemNumber == 0
            ? "libgit2 code \(code)" : String(cString: strerror(systemNumber))
    }

    func code(for code: Int32) -> GitError.Code {
        switch code {
        case GIT_ENOTFOUND.rawValue: .notFound
        case GIT_EUNBORNBRANCH.rawValue: .unborn
        case GIT_ELOCKED.rawValue: .locked
        case GIT_EMODIFIED.rawValue: .modified
        case GIT_EEXISTS.rawValue: .exists
        case GIT_EAUTH.rawValue: .authentication
        case GIT_ECERTIFICATE.rawValue: .certificate
        case GIT_EMISMATCH.rawValue: .corrupt
        case GIT_EINVALIDSPEC.rawValue, GIT_EINVALID.rawValue, GIT_EAMBIGUOUS.rawValue,
            GIT_EPEEL.rawValue:
            .invalid
        default: codeOfClass
        }
    }

    /// The generic code -1 is refined by the error's class and the system's message.
    private var codeOfClass: GitError.Code {
        if says(ENOSPC) || says(EDQUOT) || says(EFBIG) { return .diskFull }
        if says(EROFS) || says(EACCES) || says(EPERM) { return .unreadable }
        switch klass {
        case Int32(GIT_ERROR_NET.rawValue), Int32(GIT_ERROR_HTTP.rawValue),
            Int32(GIT_ERROR_SSH.rawValue):
            return .network
        case Int32(GIT_ERROR_SSL.rawValue): return .certificate
        case Int32(GIT_ERROR_ODB.rawValue), Int32(GIT_ERROR_ZLIB.rawValue),
            Int32(GIT_ERROR_OBJECT.rawValue), Int32(GIT_ERROR_INDEXER.rawValue):
            return .corrupt
        default: return .other
        }
    }

    private func says(_ number: Int32) -> Bool {
        if let message, !message.isEmpty {
            return message.contains(String(cString: strerror(number)))
        }
        return systemNumber == number
    }
}
