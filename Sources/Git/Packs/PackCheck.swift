import Basics
import Execution
import Foundation

/// Looks for damage in packs and their indexes, by what both say of themselves.
///
/// libgit2 passes over a pack or an index that it cannot open: what is in it then looks as if it
/// had never been there. It follows an offset of an index out of the pack and out of its memory
/// (`git_packfile_unpack_header` in `pack.c` of 1.5). And objects can still be read where something
/// else of a file is damaged.
struct PackCheck {
    /// The folder of the packs.
    let folder: String

    /// How much of a pack is read.
    enum Depth {
        /// The whole index; of the pack its header and the hash at its end.
        case ends
        /// Both as a whole.
        case whole
    }

    /// One damaged file.
    struct Damage: Hashable {
        let path: String
        let reason: String
        /// `corrupt` or `unreadable`.
        var code: GitError.Code = .corrupt
    }

    /// The first damaged index; nil where libgit2 can be let at all of them.
    ///
    /// Each index is read once, for as long as its file stays as it is.
    func damagedIndex() throws(GitError) -> GitError? {
        for path in try paths() {
            guard let damage = indexDamage(path) else { continue }
            return GitError(
                damage.code, "\(damage.path): \(damage.reason)",
                remedy: damage.code == .unreadable
                    ? "check its rights and the disk"
                    : "remove it and run `git index-pack` on the pack beside it")
        }
        return nil
    }

    /// What is damaged, sorted by path. Files that go meanwhile are none, and neither is a pack
    /// without an index or an index without a pack: nobody reads those.
    func damages(_ depth: Depth) throws(GitError) -> [Damage] {
        try paths().compactMap { path in
            if depth == .whole { WholeIndexes.forget(path + ".idx") }
            return indexDamage(path) ?? packDamage(path, depth)
        }
    }

    /// The paths without a suffix of the packs that have both files, sorted.
    private func paths() throws(GitError) -> [String] {
        let names = Set(try FolderListing.names(in: folder))
        return names.filter {
            $0.hasPrefix("pack-") && $0.hasSuffix(".idx")
                && names.contains($0.dropLast(4) + ".pack")
        }.map { "\(folder)/\($0.dropLast(4))" }.sorted()
    }

    private func indexDamage(_ path: String) -> Damage? {
        let path = path + ".idx"
        let stamp = FileStamp(path)
        if WholeIndexes.holds(path, stamp) { return nil }
        do throws(GitError) {
            guard try PackIndex(path: path).isWhole else {
                return Damage(path: path, reason: "its bytes do not hash to what it ends in")
            }
            WholeIndexes.add(path, stamp)
            return nil
        } catch {
            if error.code == .notFound { return nil }
            let isDamaged = error.code == .corrupt
            return Damage(
                path: path, reason: isDamaged ? "it is no whole index" : "it cannot be read",
                code: isDamaged ? .corrupt : .unreadable)
        }
    }

    private func packDamage(_ path: String, _ depth: Depth) -> Damage? {
        guard let index = try? PackIndex(path: path + ".idx") else { return nil }
        let pack = path + ".pack"
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: pack), options: .alwaysMapped)
        else {
            if access(pack, F_OK) != 0, errno == ENOENT { return nil }
            return Damage(path: pack, reason: "it cannot be read", code: .unreadable)
        }
        return reason(data, index, depth).map { Damage(path: pack, reason: $0) }
    }

    /// What is wrong with a pack beside a whole index.
    private func reason(_ pack: Data, _ index: PackIndex, _ depth: Depth) -> String? {
        var header = Bytes(Array("PACK".utf8))
        header.append(UInt32(2))
        header.append(UInt32(index.count))
        guard pack.starts(with: header.content) else {
            return "it does not begin as a pack of \(index.count) objects"
        }
        guard pack.count >= 12 + 20, Array(pack.suffix(20)) == index.packTrailer else {
            return "it does not end as its index says: it is cut off or damaged"
        }
        guard depth == .ends || pack.endsInItsHash else {
            return "its bytes do not hash to what it ends in"
        }
        return nil
    }
}

/// The indexes that were found whole, so that each is hashed once in a process.
private enum WholeIndexes {
    private static let known = Lock<[String: FileStamp]>([:])
    /// More than any repository has that is looked after.
    private static let most = 10_000

    static func holds(_ path: String, _ stamp: FileStamp) -> Bool {
        known.withLock { $0[path] == stamp }
    }

    static func add(_ path: String, _ stamp: FileStamp) {
        known.withLock { known in
            if known.count >= most { known.removeAll() }
            known[path] = stamp
        }
    }

    static func forget(_ path: String) {
        known.withLock { $0[path] = nil }
    }
}
