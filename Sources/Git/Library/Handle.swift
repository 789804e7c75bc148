import CGit2

/// The owner of one object of libgit2: frees it when the last reference goes.
final class Handle {
    let pointer: OpaquePointer
    private let free: (OpaquePointer?) -> Void

    /// Owns the object that `make` creates; throws its error, with `what` as the failed action.
    init(
        _ what: @autoclosure () -> String, free: @escaping (OpaquePointer?) -> Void,
        make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(GitError) {
        var created: OpaquePointer?
        try LibGit.check(make(&created), what())
        guard let created else {
            throw GitError(.other, "\(what()): libgit2 reported success and gave nothing")
        }
        pointer = created
        self.free = free
    }

    deinit { free(pointer) }
}
