import Basics
import CGit2

extension Repository {
    /// The commits that gave the file at `path` the content that it has in `tip`: in their parents
    /// it has another, or does not exist. Empty where `tip` has no such file.
    ///
    /// A merge is one of them where it keeps a file that another parent removed or changed.
    ///
    /// Throws where the history is cut off or damaged, or longer than `limit` up to them.
    package func introductions(
        of path: String, in tip: ObjectID, limit: Int = historyLimit
    ) throws(GitError) -> [HistoryCommit] {
        let components = try SourcePath.components(path)
        guard let blob = try file(components, in: tip) else { return [] }
        var found: [HistoryCommit] = []
        var seen: Set<ObjectID> = [tip]
        var next = [tip]
        while let id = next.popLast() {
            guard seen.count <= limit else {
                throw GitError(
                    .invalid,
                    "the commit that gave \(path) its content is more than \(limit) commits ago",
                    remedy: "commit it again")
            }
            let merge = try commit(id)
            var before: [ObjectID?] = []
            for parent in merge.parents {
                let isCutOff = isShallow && (try? commit(parent)) == nil
                guard !isCutOff else {
                    throw GitError(
                        .invalid, "\(folder) is a shallow clone: its history is cut off",
                        remedy: "fetch the rest with `git fetch --unshallow`")
                }
                before.append(try file(components, in: parent))
            }
            let origins = try ChangedFiles(
                repository: self, parents: merge.parents, tree: merge.tree
            ).origins(of: path, before, blob).map { merge.parents[$0] }
            if origins.isEmpty { found.append(try history(of: id)) }
            for origin in origins where seen.insert(origin).inserted { next.append(origin) }
        }
        return found.sorted { $0.id < $1.id }
    }

    private func file(
        _ components: [String], in id: ObjectID
    ) throws(GitError) -> ObjectID? {
        let entry = try TreeReader(self, tree: commit(id).tree).find(components)
        guard let entry, entry.kind == .file || entry.kind == .executable else { return nil }
        return entry.id
    }
}
