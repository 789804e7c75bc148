import Basics
import CGit2

/// One entry of a tree object.
package struct TreeEntry: Hashable, Sendable {
    /// What the entry stands for, by its mode.
    package enum Kind: String, Hashable, Sendable {
        case file
        case executable
        case symlink
        case submodule
        case folder
    }

    package let name: String
    package let kind: Kind
    package let id: ObjectID
}

/// Reads the folders and files of one tree, without a checkout.
package struct TreeReader: Sendable {
    package let repository: Repository
    /// The id of the root tree.
    package let tree: ObjectID

    package init(_ repository: Repository, tree: ObjectID) {
        self.repository = repository
        self.tree = tree
    }

    /// The entries of `folder`, sorted by the bytes of their names.
    ///
    /// Throws `notFound` where there is no such folder.
    package func list(_ folder: String) throws(GitError) -> [TreeEntry] {
        let components = try SourcePath.components(folder)
        guard !components.isEmpty else { return try repository.entries(ofTree: tree) }
        guard let entry = try find(components), entry.kind == .folder else {
            throw GitError(.notFound, "\(folder): no such folder in tree \(tree.short)")
        }
        return try repository.entries(ofTree: entry.id)
    }

    /// The entry at `path`; nil where there is none.
    package func entry(at path: String) throws(GitError) -> TreeEntry? {
        let components = try SourcePath.components(path)
        guard !components.isEmpty else { return TreeEntry(name: "", kind: .folder, id: tree) }
        return try find(components)
    }

    /// The bytes of the file at `path`.
    ///
    /// Throws `notFound` where there is no such file, and `invalid` where it has more than `limit`
    /// bytes or is not a regular file.
    package func read(
        _ path: String, limit: Int = SourceLimits.fileBytes
    ) throws(GitError) -> [UInt8] {
        guard let entry = try entry(at: path) else {
            throw GitError(.notFound, "\(path): no such file in tree \(tree.short)")
        }
        switch entry.kind {
        case .file, .executable:
            return try repository.readBlob(entry.id, limit: limit, named: path)
        case .symlink, .submodule, .folder:
            throw GitError(
                .invalid, "\(path): is a \(entry.kind.rawValue), not a file; only files are read")
        }
    }

    /// The entry at a path of at least one component; nil where there is none.
    func find(_ components: [String]) throws(GitError) -> TreeEntry? {
        var current = tree
        for (place, name) in components.enumerated() {
            guard let entry = try repository.entry(named: name, inTree: current) else { return nil }
            if place == components.count - 1 { return entry }
            guard entry.kind == .folder else { return nil }
            current = entry.id
        }
        return nil
    }
}

extension Repository {
    /// The bytes of a blob.
    ///
    /// Throws `corrupt` where it is missing or does not hash to its id, and `invalid` where it has
    /// more than `limit` bytes.
    ///
    /// - Parameter name: its path, for errors.
    package func readBlob(
        _ id: ObjectID, limit: Int, named name: String
    ) throws(GitError) -> [UInt8] {
        try locked { (pointer) throws(GitError) in
            // The size is read first, so that a huge blob is never loaded.
            let size = try blobSize(id, pointer, name)
            guard size <= limit else {
                throw GitError(
                    .invalid, "\(name): \(size) bytes, more than the \(limit) that are read")
            }
            let blob = try object(id, "\(name), blob") { out, raw in
                git_blob_lookup(out, pointer, raw)
            }
            let count = Int(git_blob_rawsize(blob.pointer))
            guard let start = git_blob_rawcontent(blob.pointer) else { return [] }
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    private func blobSize(
        _ id: ObjectID, _ pointer: OpaquePointer, _ name: String
    ) throws(GitError) -> Int {
        let odb = try Handle("opening the objects of \(folder)", free: git_odb_free) {
            git_repository_odb(&$0.pointee, pointer)
        }
        var size = 0
        var type = GIT_OBJECT_INVALID
        var raw = id.raw
        do throws(GitError) {
            try LibGit.check(
                git_odb_read_header(&size, &type, odb.pointer, &raw),
                "reading \(name), blob \(id) of \(folder)")
        } catch  where error.code == .notFound || error.code == .other {
            throw GitError(.corrupt, error.message)
        }
        guard type == GIT_OBJECT_BLOB else {
            throw GitError(.corrupt, "\(name): object \(id) of \(folder) is no blob")
        }
        return size
    }

    /// The entries of a tree object, sorted by the bytes of their names.
    func entries(ofTree id: ObjectID) throws(GitError) -> [TreeEntry] {
        try locked { (pointer) throws(GitError) in
            let tree = try treeHandle(id, pointer)
            var result: [TreeEntry] = []
            for place in 0..<git_tree_entrycount(tree.pointer) {
                guard let entry = git_tree_entry_byindex(tree.pointer, place) else { continue }
                result.append(try Self.entry(from: entry, tree: id))
            }
            // git sorts a folder as if its name ended in '/'.
            return result.sorted { bytesPrecede($0.name, $1.name) }
        }
    }

    func entry(named name: String, inTree id: ObjectID) throws(GitError) -> TreeEntry? {
        try locked { (pointer) throws(GitError) in
            let tree = try treeHandle(id, pointer)
            guard let entry = git_tree_entry_byname(tree.pointer, name) else { return nil }
            return try Self.entry(from: entry, tree: id)
        }
    }

    func treeHandle(_ id: ObjectID, _ pointer: OpaquePointer) throws(GitError) -> Handle {
        try object(id, "tree") { out, raw in git_tree_lookup(out, pointer, raw) }
    }

    private static func entry(
        from pointer: OpaquePointer, tree: ObjectID
    ) throws(GitError) -> TreeEntry {
        guard let text = git_tree_entry_name(pointer), let id = git_tree_entry_id(pointer),
            let name = String(validatingCString: text)
        else {
            throw GitError(
                .invalid, "tree \(tree) has an entry whose name is not UTF-8", remedy: "rename it")
        }
        return TreeEntry(
            name: name, kind: kind(git_tree_entry_filemode(pointer)), id: ObjectID(id.pointee))
    }

    private static func kind(_ mode: git_filemode_t) -> TreeEntry.Kind {
        switch mode {
        case GIT_FILEMODE_TREE: .folder
        case GIT_FILEMODE_BLOB_EXECUTABLE: .executable
        case GIT_FILEMODE_LINK: .symlink
        case GIT_FILEMODE_COMMIT: .submodule
        default: .file
        }
    }
}
