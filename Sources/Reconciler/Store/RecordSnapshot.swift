import Basics
import Ledger

/// The records of one environment after one transition, in the present layout; immutable.
///
/// Those of a ledger in layout 1 are laid out anew in memory, when they are first asked for:
/// reading never writes.
package struct RecordSnapshot: RecordReader, Sendable {
    private let documents: LedgerSnapshot
    /// What a ledger in layout 1 has; nil for one in the present layout.
    private let moved: MovedDocuments?

    /// Throws `invalid` for a layout that this plumb does not know.
    package init(_ documents: LedgerSnapshot) throws(LedgerError) {
        self.documents = documents
        let isMoved = try Layout.isPresent(in: documents)
        moved = isMoved ? nil : MovedDocuments(of: documents)
    }

    /// The transition's commit.
    package var commit: ObjectID { documents.commit }

    package func read(_ path: LedgerPath) throws(LedgerError) -> [UInt8]? {
        guard let moved, path != RecordPath.environment else { return try documents.read(path) }
        return try moved.read(path)
    }

    package func read<Value: Decodable>(
        _ type: Value.Type, at path: LedgerPath
    ) throws(LedgerError) -> Value? {
        guard let bytes = try read(path) else { return nil }
        return try CanonicalJSON.decode(type, from: bytes, at: path)
    }

    /// The events after a transition, the oldest first; nil where it is not in the history.
    package func events(since place: ObjectID) throws(LedgerError) -> [LedgerRecord]? {
        try documents.events(since: place)
    }

    /// The names directly in `folder`; empty where there is no such folder.
    package func list(_ folder: LedgerPath) throws(LedgerError) -> [String] {
        guard let moved else { return try documents.list(folder) }
        return try moved.list(folder)
    }

    /// The paths of all documents below `folder`.
    package func paths(below folder: LedgerPath) throws(LedgerError) -> [LedgerPath] {
        guard let moved else { return try documents.paths(below: folder) }
        return try moved.paths(below: folder)
    }

    /// The names `depth` folders below `folder`, sorted.
    func names(below folder: LedgerPath, depth: Int) throws(LedgerError) -> [String] {
        guard depth > 0 else { return try list(folder).sorted() }
        var names: [String] = []
        for name in try list(folder) {
            names += try self.names(below: folder.appending(name), depth: depth - 1)
        }
        return names.sorted()
    }

    /// What is equal for equal content of `folder`; nil where there is no such folder, or where it
    /// has to be read to know.
    package func identity(of folder: LedgerPath) throws(LedgerError) -> ObjectID? {
        moved == nil ? try documents.identity(of: folder) : nil
    }

    /// The events that are asked for, up to this transition.
    package func history(_ question: HistoryQuestion) throws -> HistoryPage {
        try documents.history(question)
    }

    /// The newest events up to this transition, newest first.
    package func history(limit: Int) throws(LedgerError) -> [LedgerRecord] {
        try documents.history(limit: limit)
    }
}
