import Store

/// A transition before it is recorded: the current documents with the changes made so far.
package struct LedgerDraft {
    /// The event that the commit will record.
    package var event: LedgerEvent
    /// What happens with it, in the same commit: each is an event of its own.
    package var furtherEvents: [LedgerEvent] = []

    /// The documents before the group of this transition; nil where it is the environment's first.
    private let snapshot: LedgerSnapshot?
    /// What this transition, and those before it in the group, have changed.
    private(set) var edits: TreeEdits

    init(snapshot: LedgerSnapshot?, edits: TreeEdits, event: LedgerEvent) {
        self.snapshot = snapshot
        self.edits = edits
        self.event = event
    }

    /// The document at `path` with the changes so far; nil where there is none.
    package func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]? {
        if let change = edits.change(at: path.encoded) { return change }
        return try snapshot?.read(path)
    }

    /// The JSON document at `path` with the changes so far; nil where there is none.
    package func read<Value: Decodable>(
        _ type: Value.Type, at path: LedgerPath
    ) throws(LedgerError) -> Value? {
        guard let bytes = try read(path) else { return nil }
        return try CanonicalJSON.decode(type, from: bytes, at: path)
    }

    /// Writes `bytes` at `path`; throws `invalid` for a path that git cannot store.
    package mutating func set(_ path: LedgerPath, _ bytes: [UInt8]) throws(LedgerError) {
        try edit(path) { (edits, encoded) throws(StoreError) in try edits.set(encoded, bytes) }
    }

    /// Writes `value` as canonical JSON at `path`.
    package mutating func set(
        _ path: LedgerPath, json value: some Encodable
    ) throws(LedgerError) {
        try set(path, try CanonicalJSON.encode(value))
    }

    /// Removes the document at `path`, if there is one.
    package mutating func remove(_ path: LedgerPath) throws(LedgerError) {
        try edit(path) { (edits, encoded) throws(StoreError) in try edits.remove(encoded) }
    }

    private mutating func edit(
        _ path: LedgerPath, _ change: (inout TreeEdits, String) throws(StoreError) -> Void
    ) throws(LedgerError) {
        do throws(StoreError) {
            try change(&edits, path.encoded)
        } catch {
            throw LedgerError(error, about: "changing \(path)")
        }
    }
}
