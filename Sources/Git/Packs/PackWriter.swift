import Basics
import CGit2

/// Writes objects of a repository, or of its memory, as one pack.
enum PackWriter {
    /// Writes exactly `objects`; returns the pack's name without a suffix.
    ///
    /// - Parameters:
    ///   - repository: a handle that the caller holds.
    ///   - folder: the repository's, for errors.
    @discardableResult
    static func write(
        _ objects: [ObjectID], to repository: OpaquePointer, folder: String
    ) throws(GitError) -> String {
        let what = "writing a pack to \(folder)"
        let builder = try Handle(what, free: git_packbuilder_free) {
            git_packbuilder_new(&$0.pointee, repository)
        }
        git_packbuilder_set_threads(builder.pointer, 1)
        for id in objects {
            var raw = id.raw
            try LibGit.check(git_packbuilder_insert(builder.pointer, &raw, nil), what)
        }
        LibGit.forget()
        try LibGit.check(git_packbuilder_write(builder.pointer, nil, 0, nil, nil), what)
        guard let name = git_packbuilder_name(builder.pointer) else {
            throw GitError(.other, "\(what): libgit2 names none")
        }
        return "pack-" + String(cString: name)
    }
}
