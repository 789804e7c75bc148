import Git
import Schema

/// The desired schemas of a namespace's shards as far as they are known without a server, for
/// comparing two revisions.
package struct ComparableNamespace: Sendable {
    package let name: String
    /// The distinct schemas.
    package let schemas: [DesiredSchema]
    /// Each shard's index in ``schemas``. Shards that are pinned to another revision are left out;
    /// discovered ones are represented by what can select them.
    package let assignment: [String: Int]
    /// Tables that may be dropped after an approval, with their places in `plumb.yaml`.
    package let retire: [Located<String>]
    package let prune: Prune
}

extension SchemaRepository {
    /// The schemas of every namespace, without asking a server.
    ///
    /// - Parameter revision: the prefix of places in errors where another revision than the current
    ///   one is read.
    package static func comparable(
        _ tree: any SourceTree, revision: String? = nil
    ) throws(DesiredError) -> [ComparableNamespace] {
        let prefix = revision.map { "\($0):" } ?? ""
        let diagnostics = DiagnosticList()
        let fleet = fleet(tree, diagnostics, prefix: prefix)
        try diagnostics.check()
        guard let fleet else { throw DesiredError(diagnostics.sorted) }
        let library = SourceLibrary(
            main: tree, pinned: { _ in tree }, diagnostics: diagnostics, prefix: prefix)
        let namespaces = fleet.namespaces.map { namespace in
            ComparableShards(namespace: namespace, library: library, diagnostics: diagnostics)
                .assembled()
        }
        try diagnostics.check()
        return namespaces
    }
}

/// Represents the shards of a namespace without asking their servers.
private struct ComparableShards {
    let namespace: Namespace
    let library: SourceLibrary
    let diagnostics: DiagnosticList

    func assembled() -> ComparableNamespace {
        var schemas: [DesiredSchema] = []
        var places: [String: Int] = [:]
        // Names of discovered shards are unknown: one at a time, so that two cannot conflict.
        for group in [listed] + discovered.map({ [$0] }) {
            let result = NamespaceSchemas(
                namespace: namespace, library: library, diagnostics: diagnostics
            ).assemble(group.map(\.shard), isComplete: false)
            for (name, shard) in group where places[name] == nil {
                places[name] = result.assignment[shard.id].map { schemas.count + $0 }
            }
            schemas += result.schemas
        }
        return ComparableNamespace(
            name: namespace.name, schemas: schemas, assignment: places, retire: namespace.retire,
            prune: namespace.prune)
    }

    private typealias NamedShard = (name: String, shard: Shard)

    private var listed: [NamedShard] {
        namespace.shards.flatMap { entry -> [NamedShard] in
            guard case .listed(let shards) = entry.source else { return [] }
            return shards.map {
                ("shard \($0.name)", shard($0.name, $0.host, $0.database, entry.labels))
            }
        }.filter { !isPinned($0.shard) }
    }

    /// Stand-ins for shards that only a server can list: one for those that no overlay selects by
    /// name, and one for each pattern of names.
    private var discovered: [NamedShard] {
        namespace.shards.flatMap { entry -> [NamedShard] in
            guard case .discovered(let host, _) = entry.source else { return [] }
            let labels = entry.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let patterns = Set(namespace.overlays.compactMap(\.selector.shard)).sorted()
            return ([""] + patterns).map { name in
                (
                    "discovered \(labels.joined(separator: ",")) \(name)",
                    shard(name, host, "", entry.labels)
                )
            }
        }.filter { !isPinned($0.shard) }
    }

    private func isPinned(_ shard: Shard) -> Bool {
        namespace.pins.contains { $0.selector.selects(shard) }
    }

    private func shard(
        _ name: String, _ host: ServerAddress, _ database: String, _ labels: [String: String]
    ) -> Shard {
        Shard(
            id: ShardID(namespace: namespace.name, shard: name), server: host, database: database,
            labels: labels)
    }
}
