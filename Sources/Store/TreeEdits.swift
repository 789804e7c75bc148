import Basics

/// Changes to a tree, collected in memory: paths of files that are set or removed.
package struct TreeEdits: Sendable {
    /// The new content, or nil where the file is removed.
    private var changes: [String: [UInt8]?] = [:]

    package init() {}

    /// The content that `path` was set to; `.some(nil)` when it was removed, nil when untouched.
    package func change(at path: String) -> [UInt8]?? { changes[path] }

    /// The paths that were set or removed, sorted.
    package var paths: [String] {
        changes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Sets the file at `path`, names separated by `/`; throws `invalid` for one that git does not
    /// take.
    package mutating func set(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
        try Self.check(path)
        changes[path] = .some(bytes)
    }

    /// Removes the file at `path`, if it exists; a folder is removed with its last file.
    package mutating func remove(_ path: String) throws(StoreError) {
        try Self.check(path)
        changes[path] = .some(nil)
    }

    private static func check(_ path: String) throws(StoreError) {
        let names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard names.allSatisfy({ isName($0) }) else {
            throw StoreError(
                .invalid, "\(path.debugDescription): git refuses such a name",
                remedy: "use names separated by single '/', without '.', '..' and '.git'")
        }
    }

    /// Whether git takes the name, on file systems of all kinds.
    private static func isName(_ name: Substring.UTF8View) -> Bool {
        let text = String(decoding: name, as: UTF8.self).lowercased()
        return !["", ".", "..", ".git", "git~1"].contains(text) && !name.contains(0)
    }
}

/// Applies edits to a tree, and collects the objects that the new one is made of.
package struct TreeEditor {
    private let reader: ObjectReader
    /// The objects that were made: texts and trees, each once.
    package private(set) var objects: [GitObject] = []

    package init(_ reader: ObjectReader) {
        self.reader = reader
    }

    /// The tree with `edits` applied to `base`, or to an empty tree where that is nil.
    ///
    /// Throws `invalid` for a path through a file or onto a folder, and what reading throws.
    package mutating func apply(
        _ edits: TreeEdits, to base: ObjectID?
    ) throws(StoreError) -> ObjectID {
        let root = EditedFolder()
        for path in edits.paths {
            guard let bytes = edits.change(at: path) else { continue }
            guard root.add(path.split(separator: "/").map(String.init)[...], bytes) else {
                throw StoreError(.invalid, "\(path): cannot be set below a path that is set too")
            }
        }
        return try write(root, base: base, path: "") ?? keep(TreeObject([]))
    }

    /// The id of the edited folder; nil where it is empty.
    private mutating func write(
        _ edited: EditedFolder, base: ObjectID?, path: String
    ) throws(StoreError) -> ObjectID? {
        let old = try base.map { (id) throws(StoreError) in try reader.tree(id) }
        var entries: [String: TreeObject.Entry] = [:]
        for entry in old?.entries ?? [] { entries[entry.name] = entry }
        for (name, change) in edited.entries {
            let place = path.isEmpty ? name : "\(path)/\(name)"
            let existing = entries[name]
            switch change {
            case .file(let bytes?):
                // A file that replaced a folder would remove everything below it.
                guard existing?.mode != .folder else {
                    throw StoreError(.invalid, "\(place): is a folder and cannot become a file")
                }
                let blob = GitObject(.blob, bytes)
                if existing?.id != blob.id { objects.append(blob) }
                entries[name] = .init(name, .file, blob.id)
            case .file(nil):
                if existing?.mode != .folder { entries[name] = nil }
            case .folder(let inner):
                guard existing?.mode ?? .folder == .folder else {
                    throw StoreError(.invalid, "\(place): is a file and cannot become a folder")
                }
                entries[name] = try write(inner, base: existing?.id, path: place).map {
                    .init(name, .folder, $0)
                }
            }
        }
        if entries.isEmpty { return nil }
        return keep(TreeObject(entries.values), unless: base)
    }

    private mutating func keep(_ tree: TreeObject, unless base: ObjectID? = nil) -> ObjectID {
        let object = tree.object
        if object.id != base {
            objects.append(object)
            reader.keep(tree, object.id)
        }
        return object.id
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
