import Basics
import Foundation

/// The files that hold the objects of a repository.
struct ObjectFiles {
    private let folder: String

    /// - Parameter path: the bare repository.
    init(_ path: String) { folder = path + "/objects" }

    /// The ids after `id`, in their order, `limit` of them at most.
    ///
    /// Reads the parts of the indexes that hold them, and the folders of single objects from that
    /// of `id` on. Looks again where packs came or went meanwhile, and objects with them.
    func ids(after id: ObjectID?, limit: Int) throws(GitError) -> [ObjectID] {
        for _ in 0..<Self.attempts {
            let stamp = FileStamp(folder + "/pack")
            let found = try found(after: id, limit: limit)
            if let found, stamp == FileStamp(folder + "/pack") { return found }
        }
        throw GitError(
            .unreadable, "\(folder)/pack: packs come and go while they are listed",
            remedy: "look what changes them, or which link of them leads nowhere")
    }

    private static let attempts = 50

    /// One attempt of ``ids(after:limit:)``; nil where an index went meanwhile.
    private func found(after id: ObjectID?, limit: Int) throws(GitError) -> [ObjectID]? {
        var found: Set<ObjectID> = []
        var loose = 0
        // Before the packs, into which compaction moves them.
        for byte in Int(id?.firstByte ?? 0)...255 where loose < limit {
            for single in try singles(byte) where id.map({ $0 < single }) ?? true {
                loose += found.insert(single).inserted ? 1 : 0
            }
        }
        for name in try FolderListing.names(in: folder + "/pack") where name.hasSuffix(".idx") {
            guard name.hasPrefix("pack-") else { continue }
            let index: PackIndex
            do throws(GitError) {
                index = try PackIndex(path: "\(folder)/pack/\(name)")
            } catch  where error.code == .notFound {
                return nil
            }
            let place = index.place(after: id)
            for place in place..<min(index.count, place + limit) { found.insert(index.id(place)) }
        }
        return Array(found.sorted().prefix(limit))
    }

    /// The number of objects in files of their own, and their bytes.
    func singles() throws(GitError) -> (ids: [ObjectID], bytes: Int) {
        var result: (ids: [ObjectID], bytes: Int) = ([], 0)
        for byte in 0...255 {
            for id in try singles(byte) {
                var status = stat()
                if stat(path(of: id), &status) == 0 { result.bytes += Int(status.st_size) }
                result.ids.append(id)
            }
        }
        return result
    }

    /// Whether more than some 5,000 objects have files of their own, judged by one folder of 256.
    func areSinglesMany() throws(GitError) -> Bool { try singles(0x17).count > 20 }

    /// The file of an object that has one of its own.
    func path(of id: ObjectID) -> String {
        let hex = id.hex
        return "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// Removes the files of objects that have one of their own, and folders that are empty then.
    func removeSingles(_ ids: [ObjectID]) {
        for id in ids { unlink(path(of: id)) }
        for byte in 0...255 { rmdir("\(folder)/\(Self.name(byte))") }
    }

    /// Why an object that was not found is not known to be missing: a file that may hold it cannot
    /// be read, or is damaged so that nobody looks into it; nil where it is missing.
    func doubt(about id: ObjectID) throws(GitError) -> GitError? {
        let own = path(of: id)
        if access(own, R_OK) != 0, errno != ENOENT { return Self.unreadable(own) }
        let packs = folder + "/pack"
        let names = Set(try FolderListing.names(in: packs))
        for name in names where name.hasSuffix(".idx") || name.hasSuffix(".pack") {
            let path = "\(packs)/\(name)"
            var status = stat()
            if access(path, R_OK) != 0 || stat(path, &status) != 0 {
                if errno != ENOENT { return Self.unreadable(path) }
            } else if status.st_mode & S_IFMT != S_IFREG {
                return Self.unreadable(path)
            } else if name.hasSuffix(".pack"), !names.contains(name.dropLast(5) + ".idx"),
                status.st_mtim.tv_sec < time(nil) - 600
            {
                return GitError(
                    .corrupt, "\(path) has no index, and may hold it",
                    remedy: "run `git index-pack` on it")
            }
        }
        return try PackCheck(folder: packs).damages(.ends).first.map { damage in
            GitError(
                .corrupt, "\(damage.path) is damaged, and may hold it: \(damage.reason)",
                remedy: "restore it from a backup, or run `git index-pack` on a whole pack")
        }
    }

    private static func unreadable(_ path: String) -> GitError {
        GitError(.unreadable, "\(path) cannot be read", remedy: "check its rights and the disk")
    }

    private func singles(_ byte: Int) throws(GitError) -> [ObjectID] {
        let prefix = Self.name(byte)
        return try FolderListing.names(in: "\(folder)/\(prefix)")
            .compactMap { ObjectID(hex: prefix + $0) }.sorted()
    }

    private static func name(_ byte: Int) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
