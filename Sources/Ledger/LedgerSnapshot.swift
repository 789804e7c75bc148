import Basics
import Store

/// The documents of one environment after one transition; immutable.
package struct LedgerSnapshot: Sendable {
    /// The environment's name.
    package let environment: String
    /// The transition's commit.
    package let commit: ObjectID

    private let reader: ObjectReader
    /// The root of the documents.
    private let tree: ObjectID

    /// Throws `missing` or `corrupt` where the commit or its root cannot be read.
    init(environment: String, reader: ObjectReader, commit: ObjectID) throws(StoreError) {
        self.environment = environment
        self.reader = reader
        self.commit = commit
        tree = try reader.commit(commit).tree
        // An unreadable root must not look like an empty one.
        _ = try reader.tree(tree)
    }

    /// The document at `path`; nil where there is none.
    ///
    /// Throws `damaged` where its object is missing or does not hash to its name.
    package func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]? {
        try translating(name(path)) { () throws(StoreError) in
            guard let entry = try entry(at: path), entry.mode == .file else { return nil }
            return try reader.blob(entry.id)
        }
    }

    /// The JSON document at `path`; nil where there is none.
    package func read<Value: Decodable>(
        _ type: Value.Type, at path: LedgerPath
    ) throws(LedgerError) -> Value? {
        guard let bytes = try read(path) else { return nil }
        return try CanonicalJSON.decode(type, from: bytes, at: path)
    }

    /// The JSON documents directly in `folder`, by name; folders in it are left out.
    ///
    /// Documents with the same bytes are one object, which is read and decoded once.
    package func readAll<Value: Decodable>(
        _ type: Value.Type, in folder: LedgerPath
    ) throws(LedgerError) -> [String: Value] {
        var decoded: [ObjectID: Value] = [:]
        var result: [String: Value] = [:]
        for (name, entry) in try namedEntries(folder) where entry.mode == .file {
            if let known = decoded[entry.id] {
                result[name] = known
                continue
            }
            let path = folder.appending(name)
            let bytes = try translating(self.name(path)) { () throws(StoreError) in
                try reader.blob(entry.id)
            }
            let value = try CanonicalJSON.decode(type, from: bytes, at: path)
            decoded[entry.id] = value
            result[name] = value
        }
        return result
    }

    /// The git object of `folder`, equal for equal content; nil where there is no such folder.
    package func identity(of folder: LedgerPath) throws(LedgerError) -> ObjectID? {
        try translating(name(folder)) { () throws(StoreError) in try self.folder(folder) }
    }

    /// The names of the documents and folders directly in `folder`, sorted as stored; empty when
    /// there is no such folder.
    package func list(_ folder: LedgerPath) throws(LedgerError) -> [String] {
        try entries(folder).map(\.name)
    }

    /// The paths of all documents below `folder`, sorted as stored.
    package func paths(below folder: LedgerPath) throws(LedgerError) -> [LedgerPath] {
        var result: [LedgerPath] = []
        for entry in try entries(folder) {
            let path = folder.appending(entry.name)
            if entry.isFolder {
                result += try paths(below: path)
            } else {
                result.append(path)
            }
        }
        return result
    }

    /// The newest events up to this transition, newest first.
    package func history(limit: Int) throws(LedgerError) -> [LedgerRecord] {
        var records: [LedgerRecord] = []
        var next: ObjectID? = commit
        while let id = next, records.count < limit {
            let (transition, events) = try events(of: id)
            records += events.prefix(limit - records.count)
            next = transition.parents.first
        }
        return records
    }

    /// A transition with its events, newest first.
    func events(
        of id: ObjectID
    ) throws(LedgerError) -> (transition: CommitObject, events: [LedgerRecord]) {
        let commit = try translating("the history of \(environment)") {
            () throws(StoreError) in try reader.commit(id)
        }
        let events = EventMessage.parse(commit.message)
        guard !events.isEmpty else {
            throw LedgerError(
                .damaged,
                "commit \(id) of \(environment) is no event of the ledger; "
                    + "somebody else wrote it", remedy: "restore the branch from before")
        }
        let actor = LedgerActor(name: commit.author.name, email: commit.author.email)
        let records = events.reversed().map {
            LedgerRecord(commit: id, time: commit.author.time, actor: actor, event: $0)
        }
        return (commit, records)
    }

    func entries(_ folder: LedgerPath) throws(LedgerError) -> [(name: String, isFolder: Bool)] {
        try namedEntries(folder).map { ($0.name, $0.entry.mode == .folder) }
    }

    /// The entries directly in `folder`, by their decoded names.
    private func namedEntries(
        _ folder: LedgerPath
    ) throws(LedgerError) -> [(name: String, entry: TreeObject.Entry)] {
        let stored = try translating(name(folder)) {
            () throws(StoreError) -> [TreeObject.Entry] in
            guard let id = try self.folder(folder) else { return [] }
            return try reader.tree(id).entries
        }
        // By the names alone: git sorts a folder as if its name ended in '/'.
        let sorted = stored.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return try sorted.map { (entry) throws(LedgerError) in
            guard let name = LedgerPath.decode(entry.name) else {
                throw LedgerError(
                    .damaged,
                    "\(name(folder)): \(entry.name) is no name the ledger writes",
                    remedy: "restore the branch from before")
            }
            return (name, entry)
        }
    }

    /// The entry at a path; nil where there is none.
    private func entry(at path: LedgerPath) throws(StoreError) -> TreeObject.Entry? {
        try reader.entry(at: path.components.map(LedgerPath.encode), in: tree)
    }

    /// The tree of a folder, or of the root; nil where there is no such folder.
    private func folder(_ path: LedgerPath) throws(StoreError) -> ObjectID? {
        if path.components.isEmpty { return tree }
        guard let entry = try entry(at: path), entry.mode == .folder else { return nil }
        return entry.id
    }

    private func name(_ path: LedgerPath) -> String { "\(environment):\(path.encoded)" }
}
