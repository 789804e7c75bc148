import Basics
import CGit2
import Foundation
import Store

extension GitBackend {
    /// What the repository takes on the disk.
    package func size() throws(StoreError) -> StoreSize {
        try translating("measuring \(place)") { (repository) throws(GitError) in
            let singles = try ObjectFiles(place).singles()
            let maintenance = PackMaintenance(repository)
            let packs = try maintenance.all()
            var bytes = singles.bytes
            for pack in packs {
                var status = stat()
                let index = "\(maintenance.folder.path)/\(pack.name).idx"
                bytes += pack.bytes + (stat(index, &status) == 0 ? Int(status.st_size) : 0)
            }
            return StoreSize(singles: singles.ids.count, packs: packs.count, bytes: bytes)
        }
    }

    /// Writes all objects as one pack, with differences between similar ones.
    ///
    /// Packs that git itself looks after (a `.keep` file, a multi-pack-index) stay as they are.
    /// What a compaction left that was killed goes.
    @discardableResult
    package func compact() throws(StoreError) -> Bool {
        _ = try repository()
        let turn = try CompactionTurn(place)
        defer { withExtendedLifetime(turn) {} }
        let isWritten = try translating("compacting \(place)") { (_) throws(GitError) in
            try Compaction(repository: Repository(opening: place)).run()
        }
        try reopen()
        return isWritten
    }

    /// Whether what is not compacted is half as large as what is, and not little: then a byte is
    /// written anew as often as the logarithm of the repository's size.
    package func isCompactionDue() throws(StoreError) -> Bool {
        try translating("measuring \(place)") { (repository) throws(GitError) in
            if try ObjectFiles(place).areSinglesMany() { return true }
            let sizes = try PackMaintenance(repository).all().map(\.bytes).sorted()
            let loose = sizes.dropLast().reduce(0, +)
            return loose > max(Self.dueBytes, (sizes.last ?? 0) / 2)
        }
    }

    /// Less than this is not worth a compaction, in bytes.
    private static let dueBytes = 8 << 20
}

/// One compaction of a repository; runs with the ``CompactionTurn`` held.
private struct Compaction {
    let repository: Repository

    func run() throws(GitError) -> Bool {
        let maintenance = PackMaintenance(repository, sharing: .theOthers)
        if let damage = try PackCheck(folder: maintenance.folder.path).damagedIndex() {
            throw damage
        }
        maintenance.indexRemains()
        let files = ObjectFiles(repository.folder)
        let packs = try maintenance.movable().map(\.name)
        let singles = try files.singles().ids
        guard packs.count > 1 || !singles.isEmpty else { return false }
        var ids = Set(singles)
        for pack in packs {
            ids.formUnion(try PackIndex(path: "\(maintenance.folder.path)/\(pack).idx").ids)
        }
        let (name, written) = try pack(ids, into: maintenance.folder)
        try verify("\(maintenance.folder.path)/\(name).idx", holds: written)
        try maintenance.replace(packs, by: name)
        maintenance.removeIndexRemains(heldBy: name)
        files.removeSingles(singles)
        return true
    }

    /// Writes those of `ids` to which the references lead, the newest first, and then the rest.
    ///
    /// - Returns: the pack's name, and what it holds, in its order.
    private func pack(
        _ ids: Set<ObjectID>, into packs: PackFolder
    ) throws(GitError) -> (name: String, ids: [ObjectID]) {
        let tips = try tips()
        let folder = repository.folder
        return try repository.locked { (pointer) throws(GitError) in
            for id in ids { try LooseObject.check(id, in: pointer, folder: folder) }
            let source = try ObjectSource(pointer, folder: folder)
            var order = PackOrder(source)
            for tip in tips { try order.add(tip) }
            try order.add(rest: ids.sorted())
            let items = order.items.filter { ids.contains($0.id) }
            var pack = try CompactPack(packs, of: source)
            return (try pack.write(items), items.map(\.id))
        }
    }

    /// What the references name.
    private func tips() throws(GitError) -> [ObjectID] {
        var tips: [ObjectID] = []
        for name in try repository.references(below: "refs/") {
            if let tip = try repository.target(of: name) { tips.append(tip) }
        }
        return tips
    }

    /// Reads every object of the pack, in its order: the bases of one come before it.
    private func verify(_ index: String, holds ids: [ObjectID]) throws(GitError) {
        let pack = try SinglePack(path: index)
        for id in ids { _ = try pack.read(id) }
    }
}
