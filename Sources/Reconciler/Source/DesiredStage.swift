import Desired
import Model
import Schema

/// Stage 2: what the fleet should look like, from the fetched source.
package struct DesiredStage {
    /// What part of the fleet a command is about.
    package struct Scope: Hashable, Sendable {
        package var environment: String?
        package var namespaces: Set<String>?
        /// Names or globs with `*` and `?`; empty for all.
        package var shards: [String]

        package init(environment: String?, namespaces: Set<String>?, shards: [String]) {
            self.environment = environment
            self.namespaces = namespaces
            self.shards = shards
        }
    }

    package let scope: Scope

    package init(scope: Scope) {
        self.scope = scope
    }

    package func run(
        _ source: FetchedSource, fleet: Fleet, modes: SourceModes = SourceModes(),
        discovered: Discovery
    ) throws -> DesiredState {
        let state = try SchemaRepository.load(
            source.tree, revision: source.revision, environment: scope.environment,
            namespaces: scope.namespaces, fleet: fleet, modes: modes,
            pinned: { try source.pinned($0) },
            discovered: discovered)
        guard !selected(state.shards).isEmpty else {
            let names = scope.shards.joined(separator: ", ")
            throw ConfigurationError(
                "--shard \(names): the environment `\(state.environment.name)` has no such shard")
        }
        return state
    }

    /// The shards that the command is about.
    package func selected(_ shards: [Shard]) -> [Shard] {
        guard !scope.shards.isEmpty else { return shards }
        return shards.filter { shard in
            scope.shards.contains { Glob.matches(shard.id.shard, $0) }
        }
    }
}
