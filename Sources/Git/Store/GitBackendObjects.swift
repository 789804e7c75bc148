import Basics
import CGit2
import Foundation
import Store

extension GitBackend {
    package func get(_ id: ObjectID) throws(StoreError) -> GitObject? {
        _ = try repository()
        var outcome: Result<GitObject?, StoreError> = .success(nil)
        for attempt in 0..<Self.readAttempts {
            let stamp = FileStamp(packs)
            do throws(StoreError) {
                if let object = try read(id) { return object }
                outcome = .success(nil)
            } catch {
                outcome = .failure(error)
            }
            // The second look is through a new handle, which sees the folder as it is.
            if attempt > 0, stamp == FileStamp(packs) { break }
            // The pack that it looked into may be gone, and its objects in another one.
            try reopen()
        }
        guard try outcome.get() == nil, let doubt = try doubt(about: id) else {
            return try outcome.get()
        }
        throw doubt
    }

    /// More often than packs are merged while one object is read.
    private static let readAttempts = 8

    private func read(_ id: ObjectID) throws(StoreError) -> GitObject? {
        try lookingAtObjects("object \(id) of \(place)") { (repository) throws(GitError) in
            try repository.read(id)
        }
    }

    /// Why an object that was not found is not known to be missing.
    private func doubt(about id: ObjectID) throws(StoreError) -> StoreError? {
        let subject = "object \(id) of \(place)"
        do throws(GitError) {
            return try ObjectFiles(place).doubt(about: id).map { StoreError($0, about: subject) }
        } catch {
            return StoreError(error, about: subject)
        }
    }

    /// Reads every pack and every index, which is what it costs.
    package func damagedFiles() throws(StoreError) -> [DamagedFile] {
        let damages: [PackCheck.Damage]
        do throws(GitError) {
            damages = try PackCheck(folder: packs).damages(.whole)
        } catch {
            throw StoreError(error, about: "checking the packs of \(place)")
        }
        // So that nothing is read through an index that was whole when it was opened.
        if !damages.isEmpty { try reopen() }
        return damages.map { damage in
            DamagedFile(path: String(damage.path.dropFirst(place.count + 1)), reason: damage.reason)
        }
    }

    package func whereabouts(of id: ObjectID) -> String {
        "objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2)) (or the pack that holds it)"
    }

    package func absent(of ids: [ObjectID]) throws(StoreError) -> Set<ObjectID> {
        try refresh()
        return try lookingAtObjects("looking for objects of \(place)") {
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
            _ = try write("writing objects", under: []) { StoreWrite(objects: objects, moves: []) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.other, "\(error)")
        }
    }

    /// Makes damaged indexes anew as well, also where there is no object to replace.
    package func replace(
        _ objects: [GitObject], discarding ids: [ObjectID]
    ) throws(StoreError) {
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
    ///
    /// Throws `corrupt` for one whose bytes do not hash to its id.
    func keep(_ objects: [GitObject]) throws(StoreError) {
        guard !objects.isEmpty else { return }
        var absent = try absent(of: objects.map(\.id))
        let repository = try repository()
        do throws(GitError) {
            let new = objects.filter { absent.remove($0.id) != nil }
            guard !new.isEmpty else { return }
            for object in new
            where !object.isHashed && GitObject(object.kind, object.bytes).id != object.id {
                throw GitError(.corrupt, "the bytes to keep as object \(object.id) are not its own")
            }
            try PackFolder(path: repository.folder + "objects/pack").write(PackFile(new))
            try noteOwnPack(in: repository)
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

    /// Looks again which packs there are.
    func refreshObjects() throws(GitError) {
        try locked { (pointer) throws(GitError) in
            let odb = try objectDatabase(pointer)
            try LibGit.check(git_odb_refresh(odb.pointer), "looking at the packs of \(folder)")
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
