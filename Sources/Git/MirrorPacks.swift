import CGit2
import Foundation

/// The packs of a repository that only fetches write to: each that brings something adds one.
///
/// Call everything here with the lock that every fetch takes. Other processes may read meanwhile:
/// a pack goes when all that it holds lies in another one, and a reader that misses a file of the
/// old one looks at the folder again (`git_odb` refreshes before it says "not found").
struct MirrorPacks {
    /// As many packs are left alone.
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

    /// Rolls the smaller packs into one, where there are more than `limit` of them.
    ///
    /// A pack stays that is as large as twice all smaller ones together, so that a byte is written
    /// again as often as the logarithm of the repository's size, and not at each turn.
    func compact(limit: Int = MirrorPacks.limit) throws(GitError) {
        removeRemains()
        let packs = listed()
        guard packs.count > limit, !isKept else { return }
        let small = Self.smaller(of: packs)
        guard small.count > 1 else { return }
        var objects: Set<ObjectID> = []
        for pack in small { objects.formUnion(try self.objects(of: pack.name)) }
        let name = try repository.pack(objects.sorted())
        // What goes is in the new pack, by the index of the new pack itself.
        guard try Set(self.objects(of: name)).isSuperset(of: objects) else {
            throw GitError(
                .other, "packing \(folder): \(name) lacks objects of the packs it is made of",
                remedy: "all of them are kept; remove the copy to have it fetched anew")
        }
        for pack in small where pack.name != name { remove(pack.name) }
    }

    /// Those that are rolled into one: all that are smaller than the smallest pack that stays.
    static func smaller(of packs: [Pack]) -> [Pack] {
        var sorted = packs.sorted { ($0.bytes, $0.name) < ($1.bytes, $1.name) }
        var sum = sorted.reduce(0) { $0 + $1.bytes }
        while let largest = sorted.last, largest.bytes >= 2 * (sum - largest.bytes) {
            sum -= largest.bytes
            sorted.removeLast()
        }
        return sorted
    }

    /// The packs that are whole.
    private func listed() -> [Pack] {
        let names = Set(self.names)
        return names.compactMap { file in
            guard let name = Self.name(of: file, suffix: ".idx"), names.contains(name + ".pack")
            else { return nil }
            var status = stat()
            guard stat("\(folder)/\(name).pack", &status) == 0 else { return nil }
            return Pack(name: name, bytes: Int(status.st_size))
        }
    }

    /// Whether somebody else looks after these packs.
    private var isKept: Bool {
        names.contains { $0.hasSuffix(".keep") || $0 == "multi-pack-index" }
    }

    private var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func name(of file: String, suffix: String) -> String? {
        guard file.hasPrefix("pack-"), file.hasSuffix(suffix) else { return nil }
        return String(file.dropLast(suffix.count))
    }

    /// Without its index a pack is none for any reader, so the index goes first.
    private func remove(_ name: String) {
        for suffix in [".idx", ".pack", ".rev", ".bitmap"] { unlink("\(folder)/\(name)\(suffix)") }
    }

    /// Removes what a process left that was killed in `remove`. A pack that is ten minutes young
    /// may belong to a `git` command, which writes the index last.
    private func removeRemains() {
        let names = Set(self.names)
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
    /// Writes `objects` as one pack, and returns its name without a suffix.
    fileprivate func pack(_ objects: [ObjectID]) throws(GitError) -> String {
        try locked { (pointer) throws(GitError) in
            try PackWriter.write(objects, to: pointer, folder: folder)
        }
    }
}
