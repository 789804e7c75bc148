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
    private let sharing: Sharing

    /// What is left alone where git itself looks after packs.
    enum Sharing {
        /// All packs.
        case nothing
        /// Those that have a `.keep` file or that a multi-pack-index speaks for.
        case theOthers
    }

    init(_ repository: Repository, sharing: Sharing = .nothing) {
        folder = PackFolder(path: repository.folder + "objects/pack")
        self.sharing = sharing
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
        guard try names().count > limit else { return [] }
        indexRemains()
        let packs = try movable()
        guard packs.count > limit else { return [] }
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
    func all() throws(GitError) -> [Pack] { try listed(names()) }

    /// The packs with both of their files that may be touched.
    func movable() throws(GitError) -> [Pack] {
        let names = try names()
        let packs = listed(names)
        let markers = names.filter { $0.hasSuffix(".keep") || $0.hasPrefix("multi-pack-index") }
        guard !markers.isEmpty else { return packs }
        guard sharing == .theOthers else { return [] }
        var kept = Set(markers.map { $0.hasSuffix(".keep") ? String($0.dropLast(5)) : "" })
        if markers.contains("multi-pack-index.d") { return [] }
        if markers.contains("multi-pack-index") {
            guard let spoken = MultiPackIndex.packs("\(folder.path)/multi-pack-index") else {
                return []
            }
            kept.formUnion(spoken)
        }
        return packs.filter { !kept.contains($0.name) }
    }

    private func names() throws(GitError) -> Set<String> {
        try Set(FolderListing.names(in: folder.path))
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

    private static func name(of file: String, suffix: String) -> String? {
        guard file.hasPrefix("pack-"), file.hasSuffix(suffix) else { return nil }
        return String(file.dropLast(suffix.count))
    }

    /// Removes packs whose objects are all in the pack `name`; throws where that lacks one of them.
    /// A pack that another program has removed meanwhile is left out.
    func replace(_ packs: [String], by name: String) throws(GitError) {
        let new = try PackIndex(path: "\(folder.path)/\(name).idx")
        for pack in packs where pack != name {
            let old: PackIndex
            do throws(GitError) {
                old = try PackIndex(path: "\(folder.path)/\(pack).idx")
            } catch  where error.code == .notFound {
                continue
            }
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
        for suffix in [".idx", ".pack", ".rev", ".bitmap", ".mtimes"] {
            unlink("\(folder.path)/\(name)\(suffix)")
        }
    }

    /// Gives packs without an index one again: of a removal or a write that was interrupted, or of
    /// an index that was lost, which nobody can tell from the outside. The next merge then takes
    /// them, and nothing is lost.
    ///
    /// A pack younger than ten minutes is left alone: it may belong to a `git` command, which
    /// writes the index last. One that is damaged stays as it is.
    func indexRemains() {
        guard let names = try? names() else { return }
        for file in names {
            guard let name = Self.name(of: file, suffix: ".pack"), !names.contains(name + ".idx"),
                isOld(file)
            else { continue }
            _ = try? folder.makeIndex(of: name)
        }
    }

    /// Removes indexes without a pack, as an interrupted write leaves them, all of whose objects
    /// are in the pack `name`: others tell which objects were lost.
    func removeIndexRemains(heldBy name: String) {
        guard let names = try? names(), let new = try? PackIndex(path: indexPath(name)) else {
            return
        }
        let held = Set(new.ids)
        for file in names {
            guard let other = Self.name(of: file, suffix: ".idx"), !names.contains(other + ".pack"),
                isOld(file), let index = try? PackIndex(path: indexPath(other)),
                index.ids.allSatisfy(held.contains)
            else { continue }
            unlink(indexPath(other))
        }
    }

    private func indexPath(_ name: String) -> String { "\(folder.path)/\(name).idx" }

    /// Whether no running program can still be at work on a file.
    private func isOld(_ file: String) -> Bool {
        var status = stat()
        return stat("\(folder.path)/\(file)", &status) == 0
            && status.st_mtim.tv_sec < time(nil) - 600
    }
}
