import Basics
import Execution

/// Reads trees, commits and texts that others name, which must be there.
///
/// Objects never change, so trees that were read once are kept, a bounded number of them. Throws
/// `missing` where an object is not there, `corrupt` where it is damaged or of another kind.
package final class ObjectReader: Sendable {
    private let backend: any LedgerBackend
    private let trees = Lock<[ObjectID: TreeObject]>([:])
    /// Enough for the folders that one pass over 10,000 shards goes through.
    private static let mostTrees = 20_000

    package init(_ backend: any LedgerBackend) {
        self.backend = backend
    }

    /// The object `id`.
    package func object(_ id: ObjectID) throws(StoreError) -> GitObject {
        guard let object = try backend.get(id) else {
            throw StoreError(.missing, "object \(id) is not in \(backend.place)")
        }
        return object
    }

    /// The commit `id`.
    package func commit(_ id: ObjectID) throws(StoreError) -> CommitObject {
        try CommitObject(object(id))
    }

    /// The tree `id`.
    package func tree(_ id: ObjectID) throws(StoreError) -> TreeObject {
        if let known = trees.withLock({ $0[id] }) { return known }
        let tree = try TreeObject(object(id))
        keep(tree, id)
        return tree
    }

    /// The bytes of the blob `id`.
    package func blob(_ id: ObjectID) throws(StoreError) -> [UInt8] {
        let object = try object(id)
        guard object.kind == .blob else {
            throw StoreError(.corrupt, "object \(id) of \(backend.place) is no file")
        }
        return object.bytes
    }

    /// The entry at a path of `root`; nil where there is none. The path has a component at least.
    package func entry(
        at path: some Collection<String>, in root: ObjectID
    ) throws(StoreError) -> TreeObject.Entry? {
        var found: TreeObject.Entry?
        for name in path {
            guard found?.mode ?? .folder == .folder else { return nil }
            found = try tree(found?.id ?? root).entry(name)
            guard found != nil else { return nil }
        }
        return found
    }

    /// Keeps a tree that was just written, or read.
    func keep(_ tree: TreeObject, _ id: ObjectID) {
        trees.withLock { trees in
            if trees.count >= Self.mostTrees { trees.removeAll(keepingCapacity: true) }
            trees[id] = tree
        }
    }
}
