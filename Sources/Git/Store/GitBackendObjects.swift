import Basics
import CGit2
import Foundation
import Store

extension GitBackend {
    package func get(_ id: ObjectID) throws(StoreError) -> GitObject? {
        let first: StoreError
        do throws(StoreError) {
            if let object = try read(id) { return object }
            // A handle that saw the folder in the middle of a change may have missed it.
            try reopen()
            return try read(id)
        } catch {
            first = error
        }
        // The pack that it looked into may be gone, and its objects in another one.
        try reopen()
        do throws(StoreError) {
            return try read(id)
        } catch {
            throw first
        }
    }

    private func read(_ id: ObjectID) throws(StoreError) -> GitObject? {
        let object = try translating("\(place)") { (repository) throws(GitError) in
            try repository.read(id)
        }
        if object == nil, let file = ObjectFiles(place).unreadable(id) {
            throw StoreError(
                .unreadable, "object \(id) of \(place): \(file) cannot be read",
                remedy: "check its rights and the disk")
        }
        return object
    }

    package func whereabouts(of id: ObjectID) -> String {
        "objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2)) (or the pack that holds it)"
    }

    package func absent(of ids: [ObjectID]) throws(StoreError) -> Set<ObjectID> {
        try refresh()
        return try translating("looking for objects of \(place)") {
            (repository) throws(GitError) in
            try repository.absent(of: ids)
        }
    }

    package func objects(
        after id: ObjectID?, limit: Int
    ) throws(StoreError) -> [ObjectID] {
        do throws(GitError) {
            return try ObjectFiles(place).ids(after: id, limit: limit)
        } catch {
            throw StoreError(error, about: "listing the objects of \(place)")
        }
    }

    package func put(_ objects: [GitObject]) throws(StoreError) {
        do {
            _ = try write("writing objects", under: nil) { StoreWrite(objects: objects, moves: []) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.other, "\(error)")
        }
    }

    /// A pack hides damage only where it is found first: the damaged file goes when it is an object
    /// of its own, and a damaged pack goes with the compaction, which reads what is whole.
    package func replace(
        _ objects: [GitObject], discarding ids: [ObjectID]
    ) throws(StoreError) {
        guard !objects.isEmpty || !ids.isEmpty else { return }
        let turn = try WriteTurn(place, waitSeconds: waitSeconds, purpose: "repairing")
        defer { withExtendedLifetime(turn) {} }
        do throws(GitError) {
            try PackRepair(repository: Repository(opening: place))
                .replace(objects, discarding: ids)
        } catch {
            throw StoreError(error, about: "repairing \(place)")
        }
        try reopen()
    }

    /// Writes those of `objects` that are not there as one pack; call it with the turn held.
    func keep(_ objects: [GitObject]) throws(StoreError) {
        guard !objects.isEmpty else { return }
        try refresh()
        let repository = try repository()
        do throws(GitError) {
            var absent = try repository.absent(of: objects.map(\.id))
            let new = objects.filter { absent.remove($0.id) != nil }
            guard !new.isEmpty else { return }
            try PackFolder(path: repository.folder + "objects/pack").write(PackFile(new))
        } catch {
            throw StoreError(error, about: "writing to \(place)")
        }
    }
}

extension Repository {
    /// The object `id`; nil where it is in no file.
    ///
    /// Throws `corrupt` where its bytes do not hash to its id. A handle keeps some of what it has
    /// read in memory: use a new one to check the disk.
    package func read(_ id: ObjectID) throws(GitError) -> GitObject? {
        try locked { (pointer) throws(GitError) in
            try LooseObject.check(id, in: pointer, folder: folder)
            let odb = try objectDatabase(pointer)
            let handle: Handle
            do throws(GitError) {
                handle = try Handle("reading object \(id)", free: git_odb_object_free) { out in
                    var raw = id.raw
                    return git_odb_read(out, odb.pointer, &raw)
                }
            } catch  where error.code == .notFound {
                return nil
            } catch  where error.code == .other || error.code == .invalid {
                throw GitError(.corrupt, error.message)
            }
            return try GitObject(handle, id)
        }
    }

    /// Those of `ids` that this handle finds in no file.
    func absent(of ids: [ObjectID]) throws(GitError) -> Set<ObjectID> {
        try locked { (pointer) throws(GitError) in
            let odb = try objectDatabase(pointer)
            var result: Set<ObjectID> = []
            for id in ids {
                var raw = id.raw
                let flags = GIT_ODB_LOOKUP_NO_REFRESH.rawValue
                if git_odb_exists_ext(odb.pointer, &raw, flags) != 1 { result.insert(id) }
            }
            return result
        }
    }

    private func objectDatabase(_ pointer: OpaquePointer) throws(GitError) -> Handle {
        try Handle("opening the objects of \(folder)", free: git_odb_free) {
            git_repository_odb(&$0.pointee, pointer)
        }
    }
}
