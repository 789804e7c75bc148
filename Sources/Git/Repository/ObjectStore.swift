import Basics
import CGit2

/// The type of a git object.
package enum ObjectKind: String, Sendable, Hashable {
    case commit
    case tree
    case blob
    case tag
}

extension Repository {
    /// Reads a whole object and checks that its bytes hash to its id.
    ///
    /// Throws `corrupt` where it is missing or damaged. A handle caches what it has read: use a new
    /// one to check the disk.
    package func verifyObject(_ id: ObjectID) throws(GitError) -> ObjectKind {
        try locked { (pointer) throws(GitError) in
            let odb = try Handle("opening the objects of \(folder)", free: git_odb_free) {
                git_repository_odb(&$0.pointee, pointer)
            }
            try checkLength(of: id)
            let handle: Handle
            do throws(GitError) {
                handle = try Handle("reading object \(id)", free: git_odb_object_free) { out in
                    var raw = id.raw
                    return git_odb_read(out, odb.pointer, &raw)
                }
            } catch  where [.notFound, .other, .invalid].contains(error.code) {
                throw GitError(.corrupt, error.message)
            }
            switch git_odb_object_type(handle.pointer) {
            case GIT_OBJECT_COMMIT: return .commit
            case GIT_OBJECT_TREE: return .tree
            case GIT_OBJECT_BLOB: return .blob
            case GIT_OBJECT_TAG: return .tag
            default: throw GitError(.corrupt, "object \(id) is of no known kind")
            }
        }
    }

    /// The ids of all objects in the repository, reachable or not, sorted.
    package func allObjects() throws(GitError) -> [ObjectID] {
        try locked { (pointer) throws(GitError) in
            let odb = try Handle("opening the objects of \(folder)", free: git_odb_free) {
                git_repository_odb(&$0.pointee, pointer)
            }
            return try ObjectListing.all(in: odb, "listing the objects of \(folder)")
        }
    }
}

/// Lists the ids of all objects of an object database.
enum ObjectListing {
    /// The ids, sorted and without duplicates.
    static func all(in odb: Handle, _ what: @autoclosure () -> String) throws(GitError)
        -> [ObjectID]
    {
        let found = FoundObjects()
        let code = git_odb_foreach(
            odb.pointer,
            { id, payload in
                guard let id, let payload else { return 0 }
                Unmanaged<FoundObjects>.fromOpaque(payload).takeUnretainedValue()
                    .ids.insert(ObjectID(id.pointee))
                return 0
            }, Unmanaged.passUnretained(found).toOpaque())
        withExtendedLifetime(found) {}
        try LibGit.check(code, what())
        return found.ids.sorted()
    }
}

/// What the callback of a listing collects, without duplicates.
private final class FoundObjects {
    var ids: Set<ObjectID> = []
}
