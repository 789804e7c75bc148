import Basics
import Ledger
import Model
import Schema

/// The records of all shards, as they were last read.
///
/// What is read again is what has changed since: a folder with the same identity is not looked
/// into. So the first time costs one read for each shard and each different set of tables, and
/// later ones what other transitions changed.
package struct FleetMemory: Sendable {
    private var root: Node?
    private var shards: [ShardID: ShardRecord] = [:]
    /// Shards of which the record is there and cannot be read, with the reason.
    package private(set) var damaged: [ShardID: LedgerError] = [:]
    /// The tables of shards by the identity of their folder, so that equal ones are read once.
    private var tables: [ObjectID: [String: Digest]] = [:]

    /// A folder as it was last read.
    private struct Node {
        let identity: ObjectID?
        var children: [String: Node] = [:]
    }

    package init() {}

    /// The record of every shard in `snapshot`, but for those that are damaged: one of them says
    /// nothing about the others.
    package mutating func records(
        in snapshot: RecordSnapshot
    ) throws(LedgerError) -> [ShardID: ShardRecord] {
        var next = self
        // Sets of tables that no shard has any more must not pile up.
        if next.tables.count > 2 * next.shards.count + 64 { next.tables = [:] }
        next.root = try next.visit(RecordPath.shards, depth: 0, known: root, snapshot)
        self = next
        return shards
    }

    /// How far below ``RecordPath/shards`` the folders of shards are: a namespace, the digits, the
    /// name.
    private static let depth = 2 + RecordPath.shardDepth

    private mutating func visit(
        _ folder: LedgerPath, depth: Int, known: Node?, _ snapshot: RecordSnapshot
    ) throws(LedgerError) -> Node {
        let identity = try snapshot.identity(of: folder)
        if let known, let identity, known.identity == identity { return known }
        var node = Node(identity: identity)
        guard depth < Self.depth else {
            try remember(Self.shard(folder), in: folder, snapshot)
            return node
        }
        var gone = known?.children ?? [:]
        for name in try snapshot.list(folder) {
            node.children[name] = try visit(
                folder.appending(name), depth: depth + 1, known: gone.removeValue(forKey: name),
                snapshot)
        }
        for (name, node) in gone { forget(node, folder.appending(name), depth: depth + 1) }
        return node
    }

    private mutating func remember(
        _ shard: ShardID, in folder: LedgerPath, _ snapshot: RecordSnapshot
    ) throws(LedgerError) {
        damaged[shard] = nil
        do throws(LedgerError) {
            shards[shard] = try record(in: folder, snapshot)
        } catch  where error.isOfContent {
            shards[shard] = nil
            damaged[shard] = error
        }
    }

    private mutating func forget(_ node: Node, _ folder: LedgerPath, depth: Int) {
        if depth == Self.depth {
            shards[Self.shard(folder)] = nil
            damaged[Self.shard(folder)] = nil
        }
        for (name, child) in node.children {
            forget(child, folder.appending(name), depth: depth + 1)
        }
    }

    private static func shard(_ folder: LedgerPath) -> ShardID {
        ShardID(namespace: folder.components[1], shard: folder.components[depth])
    }

    private mutating func record(
        in folder: LedgerPath, _ snapshot: RecordSnapshot
    ) throws(LedgerError) -> ShardRecord {
        let path = RecordPath.header(in: folder)
        guard let header = try snapshot.read(ShardDocuments.Header.self, at: path) else {
            throw LedgerError(
                .damaged, "\(path): the shard's record is missing",
                remedy: "restore the branch from before")
        }
        try RecordVersion.check(header.version, at: path)
        let place = RecordPath.tables(in: folder)
        let identity = try snapshot.identity(of: place)
        if let known = identity.flatMap({ tables[$0] }) {
            return snapshot.record(header, tables: known)
        }
        let found = try snapshot.tables(in: place)
        if let identity { tables[identity] = found }
        return snapshot.record(header, tables: found)
    }
}
