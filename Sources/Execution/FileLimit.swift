import Foundation

/// How many files and connections this process may have open.
package enum FileLimit {
    /// Takes as many as the system allows: a login gives a thousand or so, and each client that
    /// listens is one of them.
    package static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
