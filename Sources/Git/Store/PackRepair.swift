import Basics
import Store

/// Puts whole objects in the place of damaged ones.
struct PackRepair {
    let repository: Repository

    /// Writes `objects` as a pack of their own and takes the damaged ones out of the way: files of
    /// single objects are removed, and packs that hold one are written anew without it.
    func replace(_ objects: [GitObject], discarding lost: [ObjectID]) throws(GitError) {
        let maintenance = PackMaintenance(repository)
        try repairIndexes(maintenance)
        let ids = Set(objects.map(\.id)).union(lost)
        var old: [PackMaintenance.Pack] = []
        for pack in try maintenance.all() {
            // Nobody reads a pack whose index is damaged and cannot be made anew.
            let index = try? PackIndex(path: "\(maintenance.folder.path)/\(pack.name).idx")
            if let index, index.isWhole, index.ids.contains(where: ids.contains) {
                old.append(pack)
            }
        }
        guard !ids.isEmpty else { return }
        let file = try objects.isEmpty ? nil : PackFile(objects)
        if let file { try maintenance.folder.write(file) }
        for pack in old where pack.name != file?.name {
            try rewrite(pack.name, without: ids, maintenance)
        }
        let files = ObjectFiles(repository.folder)
        files.removeSingles(Array(ids))
    }

    /// Gives packs whose index is damaged a new one, where the pack itself is whole.
    private func repairIndexes(_ maintenance: PackMaintenance) throws(GitError) {
        for pack in try maintenance.all() {
            let path = "\(maintenance.folder.path)/\(pack.name).idx"
            if let index = try? PackIndex(path: path), index.isWhole { continue }
            do throws(GitError) {
                try maintenance.folder.makeIndex(of: pack.name)
            } catch  where error.code != .diskFull {
                continue
            }
        }
    }

    /// Writes the objects of a pack that can be read as another pack, with those beside it in the
    /// place of the others.
    private func rewrite(
        _ name: String, without ids: Set<ObjectID>, _ maintenance: PackMaintenance
    ) throws(GitError) {
        let path = "\(maintenance.folder.path)/\(name)"
        var whole: [GitObject] = []
        let single = try SinglePack(path: path + ".idx")
        for id in try PackIndex(path: path + ".idx").ids where !ids.contains(id) {
            guard let object = try? single.read(id) else { continue }
            whole.append(object)
            if whole.count == Self.most {
                try maintenance.folder.write(PackFile(whole))
                whole = []
            }
        }
        if !whole.isEmpty { try maintenance.folder.write(PackFile(whole)) }
        // What could be read is in other packs; the rest is kept where no reader looks for it.
        for suffix in [".idx", ".pack"] {
            try DurableFile.rename(path + suffix, to: path + suffix + ".damaged")
        }
    }

    /// How many objects are held in memory.
    private static let most = 10_000
}
