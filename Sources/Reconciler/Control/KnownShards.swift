import Desired
import Model
import Schema

extension LedgerSession {
    /// Throws where the environment has no such namespace, or the namespace no such shard; a shard
    /// that is discovered on its server is known once it was recorded.
    package func requireKnown(namespace: String, shard: String?) throws {
        let names = environment.namespaces.map(\.value)
        guard names.contains(namespace) else {
            throw unknown(namespace, in: names, "namespace")
        }
        guard let shard else { return }
        let listed = fleet.listedShards(of: environment).map(\.id)
            .filter { $0.namespace == namespace }.map(\.shard)
        if listed.contains(shard) { return }
        let id = ShardID(namespace: namespace, shard: shard)
        if try store.snapshot()?.read(RecordPath.shardHeader(id)) != nil { return }
        throw unknown("\(id)", in: listed.map { "\(namespace)/\($0)" }, "shard")
    }

    /// Where the shards of the environment are, as far as it is known without asking a server.
    package var whereabouts: Whereabouts {
        let names = Set(environment.namespaces.map(\.value))
        return Whereabouts(fleet.listedShards(of: environment)) { [fleet] name in
            !names.contains(name) || fleet.listsAllShards(of: name)
        }
    }

    private func unknown(
        _ name: String, in known: [String], _ what: String
    ) -> ConfigurationError {
        let near = NearestName.suggestion(for: name, among: known)
        return ConfigurationError(
            "the environment `\(environment.name)` has no \(what) `\(name)`",
            remedy: near.map { "did you mean `\($0)`?" } ?? "see `plumb.yaml`", kind: .notFound)
    }
}
