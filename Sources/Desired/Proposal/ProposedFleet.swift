import Git
import Schema

/// The fleet with which a proposal is planned: the proposal decides about the text of schemas, its
/// base about everything else.
///
/// The proposal's are the folders of schemas and overlays, the overlays' selectors, renames and
/// `lint`, and it may take tables out of `retire`. The base's are connections, hosts, shards, pins,
/// `retire`, `prune`, `manage`, `allow_empty`, `old_temporals`, environments, workspace, policy and
/// ledger. Namespaces that the proposal adds or removes are left out.
package struct ProposedFleet: Sendable {
    /// The fleet to work with; all servers, accounts and paths in it are the base's.
    package let fleet: Fleet
    /// Shards that only the proposal has, which are not contacted.
    package let newShards: [ShardID]
    /// Keys with other values in the proposal, which take no effect before the merge.
    package let changes: [Change]

    /// A key of `plumb.yaml` whose values differ between base and proposal.
    package struct Change: Hashable, Sendable, CustomStringConvertible {
        /// Whether the key is new, removed or changed.
        package enum Kind: String, Hashable, Sendable {
            case added, removed, changed
        }

        /// The path of keys: `environments.production.connection.user`.
        package let path: String
        package let kind: Kind
        /// The place in the proposal; in the base where the proposal does not have the key.
        package let location: SourceLocation

        package var description: String { "\(location): \(path) is \(kind.rawValue)" }
    }

    /// - Parameter base: the tree whose `plumb.yaml` decides; `baseLabel` is its name for messages.
    package init(
        base: any SourceTree, baseLabel: String, proposed: any SourceTree,
        environment name: String?
    ) throws(DesiredError) {
        let trusted = try Self.followed(base, baseLabel)
        let errors = SchemaRepository.validate(proposed, inAnyMode: true).filter {
            $0.severity == .error
        }
        if !errors.isEmpty { throw DesiredError(errors) }
        let wanted = try SchemaRepository.fleet(proposed)
        let environment: Environment
        do throws(DesiredError) {
            environment = try trusted.selectEnvironment(name)
        } catch {
            guard let name, wanted.environment(name) != nil else { throw error }
            throw DesiredError([
                Diagnostic(
                    .danglingEnvironment,
                    "the environment `\(name)` is new in this proposal: it is checked and not "
                        + "reached", remedy: "merge it first; then it can be planned",
                    at: wanted.environment(name)?.location)
            ])
        }
        fleet = trusted.taking(schemasOf: wanted)
        guard fleet.environment(environment.name)?.namespaces.isEmpty == false else {
            throw DesiredError([
                Diagnostic(
                    .danglingNamespace,
                    "this proposal leaves the environment `\(environment.name)` none of the "
                        + "namespaces that \(baseLabel) has: nothing of it is reached",
                    remedy: "merge it first; then it can be planned",
                    at: wanted.environment(environment.name)?.location)
            ])
        }
        let known = Set(trusted.listedShards(environment.name))
        newShards = wanted.listedShards(environment.name).filter { !known.contains($0) }
        changes = try FleetDifference(
            base: base, prefix: baseLabel + ":", proposed: proposed
        ).changes()
    }
}

extension ProposedFleet {
    /// The base's fleet; throws where there is none, as then nothing may be contacted.
    private static func followed(
        _ base: any SourceTree, _ label: String
    ) throws(DesiredError) -> Fleet {
        do {
            _ = try base.read(Fleet.fileName)
        } catch  where error.code == .notFound {
            throw DesiredError([
                Diagnostic(
                    .danglingPath,
                    "the base \(label) has no `\(Fleet.fileName)`: nothing that only a "
                        + "proposal names is reached",
                    remedy: "check it with `plumb validate` and merge it first; then it can be "
                        + "planned")
            ])
        } catch {
            // Reading the file again below reports the error completely.
        }
        return try SchemaRepository.fleet(base, prefix: label + ":")
    }
}

extension Fleet {
    /// The listed shards of an environment, without asking a server.
    fileprivate func listedShards(_ environment: String) -> [ShardID] {
        guard let environment = self.environment(environment) else { return [] }
        return ShardResolution(
            fleet: self, environment: environment, diagnostics: DiagnosticList()
        ).shards(nil, discovered: nil).map(\.id)
    }

    fileprivate func taking(schemasOf wanted: Fleet) -> Fleet {
        var result = self
        result.namespaces = namespaces.compactMap { own in
            wanted.namespace(own.name).map { own.taking(schemaOf: $0) }
        }
        let names = Set(result.namespaces.map(\.name))
        result.environments = environments.map { own in
            var environment = own
            environment.namespaces = own.namespaces.filter { names.contains($0.value) }
            return environment
        }
        result.lint = wanted.lint
        return result
    }
}

extension Namespace {
    fileprivate func taking(schemaOf wanted: Namespace) -> Namespace {
        var result = self
        result.schema = wanted.schema
        // Overlays that select only shards that do not exist yet wait for the merge, too.
        result.overlays = wanted.overlays.filter { mayHave($0.selector) }
        result.renames = wanted.renames
        // A table that is no longer retired takes effect at once, since it only prevents a drop.
        let retired = Set(wanted.retire.map(\.value))
        result.retire = retire.filter { retired.contains($0.value) }
        result.unread = wanted.managedObjects.subtracting(managedObjects)
        return result
    }

    /// Whether the selector can select a shard of the namespace.
    private func mayHave(_ selector: Selector) -> Bool {
        shards.contains { entry in
            switch entry.source {
            case .listed(let listed):
                listed.contains { selector.selects(name: $0.name, labels: entry.labels) }
            case .discovered:
                selector.labels.allSatisfy { entry.labels[$0.key] == $0.value }
            }
        }
    }
}
