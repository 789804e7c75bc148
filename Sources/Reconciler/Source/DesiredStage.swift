import Desired
import Model
import Schema

/// Stage 2: reads the desired schemas from the fetched source.
package struct DesiredStage {
    /// The part of the fleet that a command is about.
    package struct Scope: Hashable, Sendable {
        /// Nil for the only environment of the fleet.
        package var environment: String?
        /// Nil for all namespaces.
        package var namespaces: Set<String>?
        /// Names, or patterns with `*` and `?`; empty for every shard.
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

    /// Reads the schemas in scope; throws where a file or a shard name is wrong.
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

    /// The shards in the command's scope.
    package func selected(_ shards: [Shard]) -> [Shard] {
        guard !scope.shards.isEmpty else { return shards }
        return shards.filter { shard in
            scope.shards.contains { Glob.matches(shard.id.shard, $0) }
        }
    }
}
