import CGit2

/// Changes to a tree, collected in memory: paths of files that are set or removed.
package struct TreeEdits: Sendable {
    /// The new content, or nil where the file is removed.
    private(set) var changes: [String: [UInt8]?] = [:]

    package init() {}

    /// The content that `path` was set to; `.some(nil)` when it was removed, nil when untouched.
    package func change(at path: String) -> [UInt8]?? { changes[path] }

    /// The paths that were set or removed, sorted.
    package var paths: [String] { changes.keys.sorted(by: bytesPrecede) }

    /// Sets the file at `path`; throws `invalid` for a path that leaves the tree.
    package mutating func set(_ path: String, _ bytes: [UInt8]) throws(GitError) {
        try Self.check(path)
        changes[path] = .some(bytes)
    }

    /// Removes the file at `path`, if it exists; a folder is removed with its last file.
    package mutating func remove(_ path: String) throws(GitError) {
        try Self.check(path)
        changes[path] = .some(nil)
    }

    private static func check(_ path: String) throws(GitError) {
        guard try !SourcePath.components(path).isEmpty else {
            throw GitError(.invalid, "an empty path names no file")
        }
    }
}

/// Writes edited trees and notes the ids of all objects that it wrote.
struct TreeEditor {
    private let repository: OpaquePointer
    private let folder: String
    private(set) var written: [ObjectID] = []

    init(_ repository: OpaquePointer, folder: String) {
        self.repository = repository
        self.folder = folder
    }

    /// The tree with `edits` applied to `base`, or to an empty tree where that is nil.
    mutating func apply(_ edits: TreeEdits, to base: ObjectID?) throws(GitError) -> ObjectID {
        let root = EditedFolder()
        for path in edits.paths {
            guard let bytes = edits.change(at: path) else { continue }
            guard root.add(path.split(separator: "/").map(String.init)[...], bytes) else {
                throw GitError(.invalid, "\(path): cannot be set below a path that is set too")
            }
        }
        if let tree = try write(root, base: base, path: "") { return tree }
        return try emptyTree()
    }

    mutating func writeBlob(_ bytes: [UInt8], path: String) throws(GitError) -> ObjectID {
        var id = git_oid()
        LibGit.forget()
        let code = bytes.withUnsafeBytes {
            git_blob_create_from_buffer(&id, repository, $0.baseAddress, $0.count)
        }
        try LibGit.check(code, "writing \(path) to \(folder)")
        written.append(ObjectID(id))
        return ObjectID(id)
    }

    /// The id of the edited folder; nil where it is empty.
    private mutating func write(
        _ edited: EditedFolder, base: ObjectID?, path: String
    ) throws(GitError) -> ObjectID? {
        let what = "writing folder /\(path) to \(folder)"
        let tree = try base.map { (id) throws(GitError) in
            try LooseObject.check(id, in: repository, folder: folder)
            return try Handle(what, free: git_object_free) { out in
                var raw = id.raw
                return git_tree_lookup(out, repository, &raw)
            }
        }
        let builder = try Handle(what, free: git_treebuilder_free) {
            git_treebuilder_new(&$0.pointee, repository, tree?.pointer)
        }
        for (name, change) in edited.entries {
            let place = path.isEmpty ? name : "\(path)/\(name)"
            let existing = Self.existing(name, in: tree)
            switch change {
            case .file(let bytes?):
                // A file that replaced a folder would remove everything below it.
                guard existing?.isFolder != true else {
                    throw GitError(.invalid, "\(place): is a folder and cannot become a file")
                }
                try insert(name, writeBlob(bytes, path: place), GIT_FILEMODE_BLOB, builder, place)
            case .file(nil):
                if existing?.isFolder == false { try remove(name, builder, place) }
            case .folder(let inner):
                guard existing?.isFolder != false else {
                    throw GitError(.invalid, "\(place): is a file and cannot become a folder")
                }
                if let id = try write(inner, base: existing?.id, path: place) {
                    try insert(name, id, GIT_FILEMODE_TREE, builder, place)
                } else if existing != nil {
                    try remove(name, builder, place)
                }
            }
        }
        guard git_treebuilder_entrycount(builder.pointer) > 0 else { return nil }
        return try write(builder, what)
    }

    private mutating func emptyTree() throws(GitError) -> ObjectID {
        let what = "writing an empty tree to \(folder)"
        let builder = try Handle(what, free: git_treebuilder_free) {
            git_treebuilder_new(&$0.pointee, repository, nil)
        }
        return try write(builder, what)
    }

    private mutating func write(
        _ builder: Handle, _ what: String
    ) throws(GitError) -> ObjectID {
        var id = git_oid()
        LibGit.forget()
        try LibGit.check(git_treebuilder_write(&id, builder.pointer), what)
        written.append(ObjectID(id))
        return ObjectID(id)
    }

    private func insert(
        _ name: String, _ id: ObjectID, _ mode: git_filemode_t, _ builder: Handle, _ place: String
    ) throws(GitError) {
        var raw = id.raw
        let code = git_treebuilder_insert(nil, builder.pointer, name, &raw, mode)
        guard code >= 0 else {
            let last = LastError()
            let kind = last.code(for: code)
            throw GitError(
                kind == .other ? .invalid : kind,
                "\(place): git refuses the name: \(last.text(for: code))")
        }
    }

    private func remove(
        _ name: String, _ builder: Handle, _ place: String
    ) throws(GitError) {
        try LibGit.check(git_treebuilder_remove(builder.pointer, name), "removing \(place)")
    }

    private static func existing(
        _ name: String, in tree: Handle?
    ) -> (id: ObjectID, isFolder: Bool)? {
        guard let tree, let entry = git_tree_entry_byname(tree.pointer, name),
            let id = git_tree_entry_id(entry)
        else { return nil }
        return (ObjectID(id.pointee), git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE)
    }
}

/// The edits below one folder.
private final class EditedFolder {
    enum Change {
        case file([UInt8]?)
        case folder(EditedFolder)
    }

    private(set) var entries: [String: Change] = [:]

    /// Adds an edit; false where its path leads through a file that is edited, too.
    func add(_ components: ArraySlice<String>, _ bytes: [UInt8]?) -> Bool {
        guard let name = components.first else { return false }
        let rest = components.dropFirst()
        switch entries[name] {
        case nil where rest.isEmpty:
            entries[name] = .file(bytes)
            return true
        case nil:
            let inner = EditedFolder()
            entries[name] = .folder(inner)
            return inner.add(rest, bytes)
        case .folder(let inner): return !rest.isEmpty && inner.add(rest, bytes)
        case .file: return false
        }
    }
}
