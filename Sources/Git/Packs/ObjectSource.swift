import Basics
import CGit2
import Store

/// Reads objects of a repository one after another, and keeps those that were read last.
final class ObjectSource {
    private let odb: Handle
    private let folder: String
    private var kept: [ObjectID: GitObject] = [:]
    private var bytes = 0

    /// How much is kept, in bytes.
    private static let mostBytes = 64 << 20

    /// - Parameters:
    ///   - repository: a handle that the caller holds.
    ///   - folder: the repository's, for errors.
    init(_ repository: OpaquePointer, folder: String) throws(GitError) {
        self.folder = folder
        odb = try Handle("opening the objects of \(folder)", free: git_odb_free) {
            git_repository_odb(&$0.pointee, repository)
        }
    }

    /// The object `id`; throws `notFound` where it is missing and `corrupt` where it is damaged.
    func read(_ id: ObjectID) throws(GitError) -> GitObject {
        if let known = kept[id] { return known }
        let what = "reading object \(id) of \(folder)"
        let handle: Handle
        do throws(GitError) {
            handle = try Handle(what, free: git_odb_object_free) { out in
                var raw = id.raw
                return git_odb_read(out, odb.pointer, &raw)
            }
        } catch  where error.code == .other || error.code == .invalid {
            throw GitError(.corrupt, error.message)
        }
        let object = try GitObject(handle, id)
        if bytes > Self.mostBytes {
            kept.removeAll(keepingCapacity: true)
            bytes = 0
        }
        kept[id] = object
        bytes += object.bytes.count + 100
        return object
    }

    /// Whether there is an object `id`.
    func has(_ id: ObjectID) -> Bool {
        var raw = id.raw
        return kept[id] != nil || git_odb_exists(odb.pointer, &raw) == 1
    }
}
