import Basics
import CGit2

/// Finds the files that one commit changed; used with the repository's lock held.
struct ChangedFiles {
    let repository: Repository
    let parents: [ObjectID]
    let tree: ObjectID

    private struct Delta {
        let path: String
        let before: ObjectID?
        let after: ObjectID?
    }

    func all() throws(GitError) -> [FileChange] {
        guard parents.count > 1 else {
            let older = try parents.first.map { (id) throws(GitError) in
                try repository.commit(id).tree
            }
            return try deltas(from: older, to: tree).map {
                FileChange(path: $0.path, before: [$0.before], after: $0.after)
            }
        }
        return try merged()
    }

    // MARK: Merges

    /// The files that a merge changed by its own choice.
    private func merged() throws(GitError) -> [FileChange] {
        var trees: [ObjectID] = []
        for parent in parents { trees.append(try repository.commit(parent).tree) }
        var changed: [String: [Int: Delta]] = [:]
        for (place, older) in trees.enumerated() {
            for delta in try deltas(from: older, to: tree) {
                changed[delta.path, default: [:]][place] = delta
            }
        }
        var result: [FileChange] = []
        var bases: [Pair: [ObjectID]] = [:]
        for (path, deltas) in changed.sorted(by: { $0.key < $1.key }) {
            let after = deltas.values.first?.after
            let before = parents.indices.map { place -> ObjectID? in
                guard let delta = deltas[place] else { return after }
                return delta.before
            }
            let origins = parents.indices.filter { deltas[$0] == nil }
            // A file that equals several parents' must be inherited from each of them.
            var isInherited = !origins.isEmpty
            for origin in origins where isInherited {
                isInherited = try self.isInherited(path, before, after, from: origin, &bases)
            }
            if isInherited { continue }
            result.append(FileChange(path: path, before: before, after: after))
        }
        return result
    }

    private struct Pair: Hashable {
        let left: Int
        let right: Int
    }

    /// The parents from which a file was inherited, rather than chosen by the merge.
    func origins(
        of path: String, _ before: [ObjectID?], _ after: ObjectID?
    ) throws(GitError) -> [Int] {
        let same = before.indices.filter { before[$0] == after }
        guard before.count > 1 else { return same }
        var bases: [Pair: [ObjectID]] = [:]
        var found: [Int] = []
        for origin in same
        where try isInherited(path, before, after, from: origin, &bases) {
            found.append(origin)
        }
        return found
    }

    /// Whether the file came from the parent `origin` and no other parent had changed it.
    private func isInherited(
        _ path: String, _ before: [ObjectID?], _ after: ObjectID?, from origin: Int,
        _ bases: inout [Pair: [ObjectID]]
    ) throws(GitError) -> Bool {
        for other in before.indices where before[other] != after {
            let pair = Pair(left: origin, right: other)
            let known: [ObjectID]
            if let found = bases[pair] {
                known = found
            } else {
                known = try mergeBases(parents[origin], parents[other])
                bases[pair] = known
            }
            guard !known.isEmpty else { return false }
            for base in known {
                let older = try file(at: path, in: base)
                guard older == before[other] else { return false }
            }
        }
        return true
    }

    /// The trees of the merge bases: the best common ancestors of both commits.
    private func mergeBases(
        _ left: ObjectID, _ right: ObjectID
    ) throws(GitError) -> [ObjectID] {
        try repository.locked { (pointer) throws(GitError) in
            var one = left.raw
            var two = right.raw
            var found = git_oidarray()
            let code = git_merge_bases(&found, pointer, &one, &two)
            if code == GIT_ENOTFOUND.rawValue { return [] }
            try LibGit.check(code, "looking for where \(left.short) and \(right.short) part")
            defer { git_oidarray_dispose(&found) }
            var trees: [ObjectID] = []
            for place in 0..<found.count {
                trees.append(try repository.commit(ObjectID(found.ids[place])).tree)
            }
            return trees
        }
    }

    private func file(at path: String, in tree: ObjectID) throws(GitError) -> ObjectID? {
        let components = path.split(separator: "/").map(String.init)
        let entry = try TreeReader(repository, tree: tree).find(components)
        guard let entry, entry.kind != .folder else { return nil }
        return entry.id
    }

    // MARK: Two trees

    private func deltas(
        from older: ObjectID?, to newer: ObjectID
    ) throws(GitError) -> [Delta] {
        if older == newer { return [] }
        return try repository.locked { (pointer) throws(GitError) in
            let before = try older.map { (id) throws(GitError) in
                try repository.treeHandle(id, pointer)
            }
            let after = try repository.treeHandle(newer, pointer)
            var options = git_diff_options()
            git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
            options.flags =
                GIT_DIFF_INCLUDE_TYPECHANGE.rawValue | GIT_DIFF_SKIP_BINARY_CHECK.rawValue
                | GIT_DIFF_IGNORE_SUBMODULES.rawValue
            let diff = try Handle("comparing trees of \(repository.folder)", free: git_diff_free) {
                git_diff_tree_to_tree(
                    &$0.pointee, pointer, before?.pointer, after.pointer, &options)
            }
            var result: [Delta] = []
            for place in 0..<git_diff_num_deltas(diff.pointer) {
                guard let delta = git_diff_get_delta(diff.pointer, place)?.pointee else { continue }
                let old = delta.old_file
                let new = delta.new_file
                guard let name = new.path ?? old.path else { continue }
                result.append(
                    Delta(
                        path: String(cString: name), before: Self.present(old),
                        after: Self.present(new)))
            }
            return result
        }
    }

    /// The file's blob; nil where the file does not exist on this side.
    private static func present(_ file: git_diff_file) -> ObjectID? {
        let id = ObjectID(file.id)
        return file.mode == 0 || id.isZero ? nil : id
    }
}
