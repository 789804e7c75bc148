import Basics

/// The packs of a mirror, to which each fetch that brings something adds one.
///
/// Call it with the lock held that every fetch takes.
enum MirrorPacks {
    /// The number of packs that is tolerated.
    static let limit = 32

    /// Merges the smaller packs into one, where there are more than `limit` packs.
    static func compact(_ repository: Repository, limit: Int = limit) throws(GitError) {
        let maintenance = PackMaintenance(repository)
        let small = try maintenance.due(limit: limit).map(\.name)
        guard small.count > 1 else { return }
        var objects: Set<ObjectID> = []
        for name in small {
            objects.formUnion(
                try PackIndex(path: "\(maintenance.folder.path)/\(name).idx").ids)
        }
        try maintenance.replace(small, by: repository.pack(objects.sorted()))
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
