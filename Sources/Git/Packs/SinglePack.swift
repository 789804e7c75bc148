import Basics
import CGit2
import Store

/// Reads the objects of one pack, and of nothing else.
struct SinglePack {
    private let odb: Handle
    private let path: String

    /// - Parameter path: the index of the pack.
    init(path: String) throws(GitError) {
        self.path = path
        let what = "reading the pack \(path)"
        try LibGit.start()
        odb = try Handle(what, free: git_odb_free) { git_odb_new(&$0.pointee) }
        var backend: UnsafeMutablePointer<git_odb_backend>?
        try LibGit.check(git_odb_backend_one_pack(&backend, path), what)
        try LibGit.check(git_odb_add_backend(odb.pointer, backend, 1), what)
    }

    /// The object `id`, whose bytes hash to it.
    func read(_ id: ObjectID) throws(GitError) -> GitObject {
        let handle = try Handle("reading object \(id) of \(path)", free: git_odb_object_free) {
            out in
            var raw = id.raw
            return git_odb_read(out, odb.pointer, &raw)
        }
        return try GitObject(handle, id)
    }
}

extension GitObject {
    /// An object as libgit2 read it, with its hash checked.
    init(_ handle: Handle, _ id: ObjectID) throws(GitError) {
        guard let kind = ObjectKind(git_odb_object_type(handle.pointer)) else {
            throw GitError(.corrupt, "object \(id) is of no known kind")
        }
        let start = git_odb_object_data(handle.pointer)
        let count = git_odb_object_size(handle.pointer)
        self.init(kind, Array(UnsafeRawBufferPointer(start: start, count: count)), read: id)
    }
}

extension ObjectKind {
    fileprivate init?(_ type: git_object_t) {
        switch type {
        case GIT_OBJECT_COMMIT: self = .commit
        case GIT_OBJECT_TREE: self = .tree
        case GIT_OBJECT_BLOB: self = .blob
        case GIT_OBJECT_TAG: self = .tag
        default: return nil
        }
    }
}
