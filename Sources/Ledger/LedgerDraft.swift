import Git

/// One transition in the making: what its snapshot says, with the changes made so far.
package struct LedgerDraft {
    /// What the environment says before this transition; nil when this is its first.
    package let snapshot: LedgerSnapshot?
    /// The event this transition will be recorded as.
    package var event: LedgerEvent

    private(set) var edits = TreeEdits()

    init(snapshot: LedgerSnapshot?, event: LedgerEvent) {
        self.snapshot = snapshot
        self.event = event
    }

    /// The document at `path`, as changed so far; nil when there is none.
    package func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]? {
        if let change = edits.change(at: path.encoded) { return change }
        return try snapshot?.read(path)
    }

    /// The JSON document at `path`, as changed so far; nil when there is none.
    package func read<Value: Decodable>(
        _ type: Value.Type, at path: LedgerPath
    ) throws(LedgerError) -> Value? {
        guard let bytes = try read(path) else { return nil }
        return try CanonicalJSON.decode(type, from: bytes, at: path)
    }

    /// The names directly in `folder`, as changed so far, sorted as stored.
    package func list(_ folder: LedgerPath) throws(LedgerError) -> [String] {
        let depth = folder.components.count
        var names = Set(try snapshot?.list(folder) ?? [])
        var touched: Set<String> = []
        for path in edits.paths.compactMap(LedgerPath.init(encoded:))
        where path.components.count > depth && Array(path.components[..<depth]) == folder.components
        {
            touched.insert(path.components[depth])
        }
        for name in touched {
            if try isPresent(folder.appending(name)) {
                names.insert(name)
            } else {
                names.remove(name)
            }
        }
        return names.sorted { bytesPrecede(LedgerPath.encode($0), LedgerPath.encode($1)) }
    }

    /// Writes `bytes` at `path`; throws `invalid` for a path that cannot be stored.
    package mutating func set(_ path: LedgerPath, _ bytes: [UInt8]) throws(LedgerError) {
        try edit(path) { (edits, encoded) throws(GitError) in try edits.set(encoded, bytes) }
    }

    /// Writes `value` as canonical JSON at `path`.
    package mutating func set(
        _ path: LedgerPath, json value: some Encodable
    ) throws(LedgerError) {
        try set(path, try CanonicalJSON.encode(value))
    }

    /// Removes the document at `path`, if it is there.
    package mutating func remove(_ path: LedgerPath) throws(LedgerError) {
        try edit(path) { (edits, encoded) throws(GitError) in try edits.remove(encoded) }
    }

    /// Whether a document or any document below a folder is left at `path`.
    private func isPresent(_ path: LedgerPath) throws(LedgerError) -> Bool {
        let encoded = path.encoded
        for changed in edits.paths
        where changed == encoded || changed.hasPrefix(encoded + "/") {
            if case .some(.some) = edits.change(at: changed) { return true }
        }
        if edits.change(at: encoded) == nil, try snapshot?.read(path) != nil { return true }
        return try snapshot?.paths(below: path).contains {
            edits.change(at: $0.encoded) == nil
        } ?? false
    }

    private mutating func edit(
        _ path: LedgerPath, _ change: (inout TreeEdits, String) throws(GitError) -> Void
    ) throws(LedgerError) {
        do throws(GitError) {
            try change(&edits, path.encoded)
        } catch {
            throw LedgerError(error, about: "changing \(path)")
        }
    }
}
