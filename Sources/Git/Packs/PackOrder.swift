import Basics
import Store

/// The objects of a history in the order in which a pack holds them best: the newest come first,
/// each with another one from which it is likely to differ little.
struct PackOrder {
    /// One object.
    struct Item {
        let id: ObjectID
        /// What became of it: what stands at its path in the commit after it; nil where nothing
        /// does.
        let newer: ObjectID?
        let place: Place
    }

    /// Where an object was first seen. Objects of equal places are mostly alike: records of the
    /// same kind, of other shards or operations.
    struct Place: Hashable {
        let kind: ObjectKind
        /// The first name of its path.
        var top = ""
        /// The number of names of its path.
        var depth = 0
        /// Its last name, where that is the name of a kind.
        var name = ""

        /// The place of an entry of a folder here.
        func below(_ name: String, _ kind: ObjectKind) -> Place {
            // One character is a digit of what is spread, and many are the name of something.
            let isKind = (2...12).contains(name.utf8.count)
            return Place(
                kind: kind, top: depth == 0 ? name : top, depth: depth + 1,
                name: isKind ? name : "")
        }
    }

    /// Something to look at: a commit or tag, or what stands at a path.
    private struct Visit {
        let id: ObjectID
        let newer: ObjectID?
        let place: Place
        /// The tree of the commit after this one.
        var newerTree: ObjectID?
    }

    private(set) var items: [Item] = []
    private let source: ObjectSource
    private var seen: Set<ObjectID> = []
    private var visits: [Visit] = []

    init(_ source: ObjectSource) {
        self.source = source
    }

    /// Adds what the object leads to that was not added yet.
    ///
    /// Throws `notFound` where an object is missing, and `corrupt` where one cannot be read.
    mutating func add(_ tip: ObjectID) throws(GitError) {
        visits.append(Visit(id: tip, newer: nil, place: Place(kind: .commit)))
        // Not by recursion: histories and paths are as long as somebody made them.
        while let visit = visits.popLast() {
            guard seen.insert(visit.id).inserted else { continue }
            guard visit.place.kind != .blob else {
                guard source.has(visit.id) else {
                    throw GitError(.notFound, "object \(visit.id) is missing")
                }
                add(visit, .blob)
                continue
            }
            let object = try source.read(visit.id)
            add(visit, object.kind)
            do throws(StoreError) {
                try follow(object, visit)
            } catch {
                throw GitError(.corrupt, error.fault)
            }
        }
    }

    /// Adds objects to which nothing leads, and leaves out those that were added already.
    mutating func add(rest ids: [ObjectID]) throws(GitError) {
        for id in ids where seen.insert(id).inserted {
            // No path has as many names.
            let place = Place(kind: try source.read(id).kind, depth: -1)
            items.append(Item(id: id, newer: nil, place: place))
        }
    }

    private mutating func add(_ visit: Visit, _ kind: ObjectKind) {
        let place = visit.place.kind == kind ? visit.place : Place(kind: kind)
        items.append(Item(id: visit.id, newer: visit.newer, place: place))
    }

    private mutating func follow(_ object: GitObject, _ visit: Visit) throws(StoreError) {
        switch object.kind {
        case .commit:
            let commit = try CommitObject(object)
            for parent in commit.parents {
                visits.append(
                    Visit(
                        id: parent, newer: object.id, place: Place(kind: .commit),
                        newerTree: commit.tree))
            }
            // The last one is looked at first: all of a commit before its parents.
            visits.append(
                Visit(id: commit.tree, newer: visit.newerTree, place: Place(kind: .tree)))
        case .tree: try follow(tree: object, visit)
        case .tag:
            guard let target = Self.target(ofTag: object.bytes) else {
                throw StoreError(.corrupt, "object \(object.id) is no tag")
            }
            visits.append(Visit(id: target, newer: nil, place: Place(kind: .commit)))
        case .blob: break
        }
    }

    private mutating func follow(tree object: GitObject, _ visit: Visit) throws(StoreError) {
        let entries = try TreeObject(object).entries.filter {
            $0.mode != .submodule && !seen.contains($0.id)
        }
        guard !entries.isEmpty else { return }
        var newer: [String: TreeObject.Entry] = [:]
        if let id = visit.newer, let read = try? source.read(id), read.kind == .tree {
            for entry in try TreeObject(read).entries { newer[entry.name] = entry }
        }
        for entry in entries {
            let found = newer[entry.name]
            let isAlike = found.map { ($0.mode == .folder) == (entry.mode == .folder) } ?? false
            visits.append(
                Visit(
                    id: entry.id, newer: isAlike ? found?.id : nil,
                    place: visit.place.below(
                        entry.name, entry.mode == .folder ? .tree : .blob)))
        }
    }

    /// The object that the first line of a tag names.
    private static func target(ofTag bytes: [UInt8]) -> ObjectID? {
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard line.hasPrefix("object ") else { return nil }
        return ObjectID(hex: line.dropFirst(7))
    }
}
