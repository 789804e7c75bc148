import CGit2
import Foundation

/// The packs of a mirror, to which each fetch that brings something adds one.
///
/// Call everything here with the lock held that every fetch takes. Other processes may read
/// meanwhile: a pack is removed only when another one holds all of its objects, and a reader that
/// misses a removed file looks at the folder again (`git_odb` refreshes before it reports "not
/// found").
struct MirrorPacks {
    /// The number of packs that is tolerated.
    static let limit = 32

    private let repository: Repository
    private let folder: String

    init(_ repository: Repository) {
        self.repository = repository
        folder = repository.folder + "objects/pack"
    }

    /// One pack: its name without `.pack`, and its size in bytes.
    struct Pack: Hashable {
        let name: String
        let bytes: Int
    }

    /// Merges the smaller packs into one, where there are more than `limit` packs.
    ///
    /// A pack is left alone that is at least twice as large as all smaller ones together: a byte is
    /// then rewritten as often as the logarithm of the repository's size, not with each merge.
    func compact(limit: Int = MirrorPacks.limit) throws(GitError) {
        let names = Set(try FolderListing.names(in: folder))
        removeRemains(names)
        let packs = listed(names)
        guard packs.count > limit, !Self.areKept(names) else { return }
        let small = Self.smaller(of: packs)
        guard small.count > 1 else { return }
        var objects: Set<ObjectID> = []
        for pack in small { objects.formUnion(try self.objects(of: pack.name)) }
        let name = try repository.pack(objects.sorted())
        // Before anything is removed, the new pack's own index must list all of its objects.
        guard try Set(self.objects(of: name)).isSuperset(of: objects) else {
            throw GitError(
                .other, "packing \(folder): \(name) lacks objects of the packs it is made of",
                remedy: "all of them are kept; remove the copy to have it fetched anew")
        }
        for pack in small where pack.name != name { remove(pack.name) }
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
    private func listed(_ names: Set<String>) -> [Pack] {
        names.compactMap { file in
            guard let name = Self.name(of: file, suffix: ".idx"), names.contains(name + ".pack")
            else { return nil }
            var status = stat()
            guard stat("\(folder)/\(name).pack", &status) == 0 else { return nil }
            return Pack(name: name, bytes: Int(status.st_size))
        }
    }

    /// Whether the packs must not be touched, because git itself maintains them.
    private static func areKept(_ names: Set<String>) -> Bool {
        names.contains { $0.hasSuffix(".keep") || $0 == "multi-pack-index" }
    }

    private static func name(of file: String, suffix: String) -> String? {
        guard file.hasPrefix("pack-"), file.hasSuffix(suffix) else { return nil }
        return String(file.dropLast(suffix.count))
    }

    /// Removes a pack; its index first, without which no reader takes it for a pack.
    private func remove(_ name: String) {
        for suffix in [".idx", ".pack", ".rev", ".bitmap"] { unlink("\(folder)/\(name)\(suffix)") }
    }

    /// Completes a removal that was interrupted. A pack younger than ten minutes is left alone: it
    /// may belong to a `git` command, which writes the index last.
    private func removeRemains(_ names: Set<String>) {
        for file in names {
            guard let name = Self.name(of: file, suffix: ".pack"), !names.contains(name + ".idx")
            else { continue }
            var status = stat()
            guard stat("\(folder)/\(file)", &status) == 0, status.st_mtim.tv_sec < time(nil) - 600
            else { continue }
            remove(name)
        }
    }

    private func objects(of name: String) throws(GitError) -> [ObjectID] {
        let what = "reading the pack \(folder)/\(name)"
        let odb = try Handle(what, free: git_odb_free) { git_odb_new(&$0.pointee) }
        var backend: UnsafeMutablePointer<git_odb_backend>?
        try LibGit.check(git_odb_backend_one_pack(&backend, "\(folder)/\(name).idx"), what)
        try LibGit.check(git_odb_add_backend(odb.pointer, backend, 1), what)
        return try ObjectListing.all(in: odb, what)
    }
}

extension Repository {
    /// Writes `objects` as one pack; returns its name without a suffix.
    fileprivate func pack(_ objects: [ObjectID]) throws(GitError) -> String {
        try locked { (pointer) throws(GitError) in
            try PackWriter.write(objects, to: pointer, folder: folder)
        }
    }
}
