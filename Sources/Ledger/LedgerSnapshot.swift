import Git

/// The documents of one environment after one transition; immutable.
package struct LedgerSnapshot: Sendable {
    /// The environment's name.
    package let environment: String
    /// The transition's commit.
    package let commit: ObjectID

    private let repository: Repository
    private let reader: TreeReader

    init(environment: String, repository: Repository, commit: Commit) throws(GitError) {
        self.environment = environment
        self.repository = repository
        self.commit = commit.id
        reader = TreeReader(repository, tree: commit.tree)
        // An unreadable root must not look like an empty one.
        _ = try reader.list("")
    }

    /// The document at `path`; nil where there is none.
    ///
    /// Throws `damaged` where its object is missing or does not hash to its name.
    package func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]? {
        try translating(name(path)) { () throws(GitError) in
            guard let entry = try reader.entry(at: path.encoded), entry.kind == .file else {
                return nil
            }
            return try repository.readBlob(entry.id, limit: .max, named: path.encoded)
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
        for (name, entry) in try namedEntries(folder) where entry.kind == .file {
            if let known = decoded[entry.id] {
                result[name] = known
                continue
            }
            let path = folder.appending(name)
            let bytes = try translating(self.name(path)) { () throws(GitError) in
                try repository.readBlob(entry.id, limit: .max, named: path.encoded)
            }
            let value = try CanonicalJSON.decode(type, from: bytes, at: path)
            decoded[entry.id] = value
            result[name] = value
        }
        return result
    }

    /// The git object of `folder`, equal for equal content; nil where there is no such folder.
    package func identity(of folder: LedgerPath) throws(LedgerError) -> ObjectID? {
        try translating(name(folder)) { () throws(GitError) in
            guard let entry = try reader.entry(at: folder.encoded), entry.kind == .folder else {
                return nil
            }
            return entry.id
        }
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
        let commits = try translating("the history of \(environment)") { () throws(GitError) in
            try repository.firstParents(of: commit, limit: limit)
        }
        var records: [LedgerRecord] = []
        for commit in commits where records.count < limit {
            let events = EventMessage.parse(commit.message)
            guard !events.isEmpty else {
                throw LedgerError(
                    .damaged,
                    "commit \(commit.id) of \(environment) is no event of the ledger; "
                        + "somebody else wrote it", remedy: "restore the branch from before")
            }
            let actor = LedgerActor(name: commit.authorName, email: commit.authorEmail)
            for event in events.reversed().prefix(limit - records.count) {
                records.append(
                    LedgerRecord(
                        commit: commit.id, time: commit.time, actor: actor, event: event))
            }
        }
        return records
    }

    func entries(_ folder: LedgerPath) throws(LedgerError) -> [(name: String, isFolder: Bool)] {
        try namedEntries(folder).map { ($0.name, $0.entry.kind == .folder) }
    }

    /// The entries directly in `folder`, by their decoded names.
    private func namedEntries(
        _ folder: LedgerPath
    ) throws(LedgerError) -> [(name: String, entry: TreeEntry)] {
        let stored = try translating(name(folder)) { () throws(GitError) -> [TreeEntry] in
            guard let entry = try reader.entry(at: folder.encoded), entry.kind == .folder else {
                return []
            }
            return try reader.list(folder.encoded)
        }
        return try stored.map { (entry) throws(LedgerError) in
            guard let name = LedgerPath.decode(entry.name) else {
                throw LedgerError(
                    .damaged,
                    "\(name(folder)): \(entry.name) is no name the ledger writes",
                    remedy: "restore the branch from before")
            }
            return (name, entry)
        }
    }

    private func name(_ path: LedgerPath) -> String { "\(environment):\(path.encoded)" }
}
