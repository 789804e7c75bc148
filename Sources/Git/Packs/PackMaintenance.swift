import Basics
import CGit2
import Foundation

/// The packs of a repository to which each write, or each fetch, adds one.
///
/// Call everything here with the lock held that every writer takes. Other processes may read
/// meanwhile: a pack is removed only when another one holds all of its objects, and a reader that
/// misses a removed file looks at the folder again.
struct PackMaintenance {
    let folder: PackFolder

    init(_ repository: Repository) {
        folder = PackFolder(path: repository.folder + "objects/pack")
    }

    /// One pack: its name without `.pack`, and its size in bytes.
    struct Pack: Hashable {
        let name: String
        let bytes: Int
    }

    /// The packs that may be touched, where there are more than `limit` of them; else none.
    ///
    /// A pack is left alone that is at least twice as large as all smaller ones together: a byte is
    /// then rewritten as often as the logarithm of the repository's size, not with each merge.
    func due(limit: Int) throws(GitError) -> [Pack] {
        let names = try Set(FolderListing.names(in: folder.path))
        guard names.count > limit else { return [] }
        removeRemains(names)
        let packs = listed(names)
        guard packs.count > limit, !Self.areKept(names) else { return [] }
        let small = Self.smaller(of: packs)
        return small.count > 1 ? small : []
    }

    /// The packs to merge: all that are smaller than the smallest one that is left alone.
    static func smaller(of packs: [Pack]) -> [Pack] {
        var sorted = packs.sorted { ($0.bytes, $0.name) < ($1.bytes, $1.name) }
        var sum = sorted.reduce(0) { $0 + $1.bytes }
        while let largest = sorted.last, largest.bytes >= 2 * (sum - largest.bytes) {
            sum -= largest.bytes
            sorted.removeLast()
        }
        return sorted
    }

    /// The packs with both of their files.
    func all() throws(GitError) -> [Pack] {
        try listed(Set(FolderListing.names(in: folder.path)))
    }

    /// Whether the packs must not be touched, because git itself maintains them.
    func areKept() throws(GitError) -> Bool {
        try Self.areKept(Set(FolderListing.names(in: folder.path)))
    }

    private func listed(_ names: Set<String>) -> [Pack] {
        names.compactMap { file in
            guard let name = Self.name(of: file, suffix: ".idx"), names.contains(name + ".pack")
            else { return nil }
            var status = stat()
            guard stat("\(folder.path)/\(name).pack", &status) == 0 else { return nil }
            return Pack(name: name, bytes: Int(status.st_size))
        }
    }

    private static func areKept(_ names: Set<String>) -> Bool {
        names.contains { $0.hasSuffix(".keep") || $0 == "multi-pack-index" }
    }

    private static func name(of file: String, suffix: String) -> String? {
        guard file.hasPrefix("pack-"), file.hasSuffix(suffix) else { return nil }
        return String(file.dropLast(suffix.count))
    }

    /// Removes packs whose objects are all in the pack `name`; throws where that lacks one of them.
    func replace(_ packs: [String], by name: String) throws(GitError) {
        let new = try PackIndex(path: "\(folder.path)/\(name).idx")
        for pack in packs where pack != name {
            let old = try PackIndex(path: "\(folder.path)/\(pack).idx")
            var place = 0
            for id in old.ids {
                while place < new.count, new.id(place) < id { place += 1 }
                guard place < new.count, new.id(place) == id else {
                    throw GitError(
                        .other, "packing \(folder.path): \(name) lacks object \(id)",
                        remedy: "nothing was removed; run `git fsck` there")
                }
            }
        }
        for pack in packs where pack != name { remove(pack) }
    }

    /// Removes a pack; its index first, without which no reader takes it for a pack.
    private func remove(_ name: String) {
        for suffix in [".idx", ".pack", ".rev", ".bitmap"] {
            unlink("\(folder.path)/\(name)\(suffix)")
        }
    }

    /// Completes a removal that was interrupted. A pack younger than ten minutes is left alone: it
    /// may belong to a `git` command, which writes the index last.
    private func removeRemains(_ names: Set<String>) {
        for file in names {
            guard let name = Self.name(of: file, suffix: ".pack"), !names.contains(name + ".idx")
            else { continue }
            var status = stat()
            guard stat("\(folder.path)/\(file)", &status) == 0,
                status.st_mtim.tv_sec < time(nil) - 600
            else { continue }
            remove(name)
        }
    }
}
