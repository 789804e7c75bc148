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
    /// of `id` on.
    func ids(after id: ObjectID?, limit: Int) throws(GitError) -> [ObjectID] {
        var found: Set<ObjectID> = []
        for index in try indexes() {
            let place = index.place(after: id)
            for place in place..<min(index.count, place + limit) { found.insert(index.id(place)) }
        }
        var loose = 0
        for byte in Int(id?.firstByte ?? 0)...255 where loose < limit {
            for single in try singles(byte) where id.map({ $0 < single }) ?? true {
                loose += found.insert(single).inserted ? 1 : 0
            }
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

    /// A file that may hold the object and cannot be read, where it is therefore not known to be
    /// missing; nil where all can be read.
    func unreadable(_ id: ObjectID) -> String? {
        let own = path(of: id)
        if access(own, R_OK) != 0, errno != ENOENT, errno != ENOTDIR { return own }
        guard let names = try? FolderListing.names(in: folder + "/pack") else {
            return folder + "/pack"
        }
        for name in names where name.hasSuffix(".idx") || name.hasSuffix(".pack") {
            let path = "\(folder)/pack/\(name)"
            if access(path, R_OK) != 0, errno != ENOENT { return path }
        }
        return nil
    }

    private func indexes() throws(GitError) -> [PackIndex] {
        var result: [PackIndex] = []
        for name in try FolderListing.names(in: folder + "/pack") where name.hasSuffix(".idx") {
            guard name.hasPrefix("pack-") else { continue }
            do throws(GitError) {
                result.append(try PackIndex(path: "\(folder)/pack/\(name)"))
            } catch  where error.code == .notFound {
                // A pack that is merged meanwhile: its objects are in another one by now.
                return try indexes()
            }
        }
        return result
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
