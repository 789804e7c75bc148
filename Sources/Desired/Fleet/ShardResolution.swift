import Schema

/// Lists the databases on `host` whose names are `LIKE` the pattern.
package typealias Discovery = (_ host: ServerAddress, _ like: String) throws -> [String]

extension DesiredError {
    /// Whether it is that the fleet file has no environment of the name that was asked for.
    package var isOfMissingEnvironment: Bool {
        diagnostics.allSatisfy { $0.code == .danglingEnvironment && $0.location == nil }
    }
}

extension Fleet {
    /// The environment called `name`; the only one where `name` is nil.
    package func selectEnvironment(_ name: String?) throws(DesiredError) -> Environment {
        let names = environments.map(\.name)
        guard let name else {
            if environments.count == 1, let only = environments.first { return only }
            throw DesiredError([
                Diagnostic(
                    .danglingEnvironment,
                    "\(file) has \(Count.of(environments.count, "environment"))",
                    remedy: "name one: " + names.joined(separator: ", "))
            ])
        }
        guard let environment = environment(name) else {
            throw DesiredError([
                Diagnostic(
                    .danglingEnvironment, "\(file) has no environment `\(name)`",
                    remedy: Nearest.remedy(name, in: names, what: "environments"))
            ])
        }
        return environment
    }

    /// Every shard of `environment`, by namespace and then in the file's order; calls `discovered`
    /// for entries that are discovered on their servers.
    ///
    /// An empty discovery, a selector without a shard and two shards in one database are errors.
    package func resolve(
        _ environment: Environment, namespaces filter: Set<String>? = nil, discovered: Discovery
    ) throws(DesiredError) -> [Shard] {
        let diagnostics = DiagnosticList()
        let names = environment.namespaces.map(\.value)
        for name in (filter ?? []).subtracting(names).sorted() {
            diagnostics.error(
                .danglingNamespace,
                "the environment `\(environment.name)` has no namespace `\(name)`",
                remedy: Nearest.remedy(name, in: names, what: "namespaces"),
                at: environment.location)
        }
        let shards = withoutActuallyEscaping(discovered) { discovered in
            ShardResolution(fleet: self, environment: environment, diagnostics: diagnostics)
                .shards(filter, discovered: discovered)
        }
        try diagnostics.check()
        return shards
    }

    /// The valid listed shards of `environment`, without asking a server.
    package func listedShards(of environment: Environment) -> [Shard] {
        ShardResolution(fleet: self, environment: environment, diagnostics: DiagnosticList())
            .shards(nil, discovered: nil)
    }

    /// Whether the shards of a namespace are all listed, so that none has to be asked for.
    package func listsAllShards(of name: String) -> Bool {
        guard let namespace = namespace(name) else { return true }
        return namespace.shards.allSatisfy { entry in
            switch entry.source {
            case .listed: true
            case .discovered: false
            }
        }
    }

    /// Every server that `environment` uses: for shards, discoveries and workspaces.
    package func servers(of environment: Environment) -> Set<ServerAddress> {
        var servers: Set<ServerAddress> = []
        for name in environment.namespaces.map(\.value) {
            for (host, _) in namespace(name)?.hosts ?? [] {
                guard let hosts = environment.hosts else {
                    servers.insert(host)
                    continue
                }
                if let server = hosts.pairs[host] { servers.insert(server) }
            }
        }
        if let workspace = namedWorkspace(environment) { servers.insert(workspace) }
        return servers
    }

    /// The server in `workspace` after the environment's mapping; nil where none is named.
    package func namedWorkspace(_ environment: Environment) -> ServerAddress? {
        guard let host = workspace.host, workspace.followsHostMap else { return workspace.host }
        return environment.hosts?.pairs[host] ?? host
    }
}

/// Resolves the entries of `shards` to the shards of one environment.
struct ShardResolution {
    let fleet: Fleet
    let environment: Environment
    let diagnostics: DiagnosticList

    /// The shards of the namespaces in `filter`; only listed ones where `discovered` is nil.
    func shards(_ filter: Set<String>?, discovered: Discovery?) -> [Shard] {
        var places: [Place: ShardID] = [:]
        var result: [Shard] = []
        var seen: Set<String> = []
        for name in environment.namespaces.map(\.value) where filter?.contains(name) ?? true {
            guard seen.insert(name).inserted, let namespace = fleet.namespace(name) else {
                continue
            }
            let found = shards(of: namespace, discovered, &places)
            let isComplete = discovered != nil || !namespace.hasDiscovery
            SelectorChecks(namespace: namespace, diagnostics: diagnostics)
                .run(found, isComplete: isComplete)
            result += found
        }
        return result
    }

    private struct Place: Hashable {
        let server: ServerAddress
        let database: String
    }

    private func shards(
        of namespace: Namespace, _ discovered: Discovery?, _ places: inout [Place: ShardID]
    ) -> [Shard] {
        var names: Set<String> = []
        var result: [Shard] = []
        for entry in namespace.shards {
            for listed in self.listed(entry, discovered) {
                guard let server = mapped(listed.host, at: entry.location) else { break }
                let id = ShardID(namespace: namespace.name, shard: listed.name)
                let place = Place(server: server, database: listed.database)
                if !names.insert(listed.name).inserted {
                    diagnostics.error(
                        .duplicateShard, "the shard \(id) is here for the second time",
                        remedy: "give every shard of a namespace its own name", at: entry.location)
                } else if let other = places.updateValue(id, forKey: place) {
                    diagnostics.error(
                        .duplicateDatabase,
                        "the shards \(other) and \(id) are both the schema "
                            + "`\(listed.database)` on \(server)",
                        remedy: "give every shard a schema of its own", at: entry.location)
                }
                checkPlace(id, server, listed.database, at: entry.location)
                var shard = Shard(
                    id: id, server: server, database: listed.database, labels: entry.labels)
                shard.readOnly = entry.readOnly
                result.append(shard)
            }
        }
        return result
    }

    /// Refuses a shard in the ledger's database or in one named like a workspace.
    private func checkPlace(
        _ id: ShardID, _ server: ServerAddress, _ database: String, at location: SourceLocation
    ) {
        if WorkspaceName.couldBeWorkspace(database, prefix: fleet.workspace.prefix) {
            diagnostics.error(
                .invalidValue,
                "the schema `\(database)` of the shard \(id) is named like a scratch schema",
                remedy: "set `prefix` in `workspace` to something else", at: location)
        }
        if case .mysql(let ledger) = fleet.ledger, ledger.name == database,
            ledger.servers.contains(server)
        {
            diagnostics.error(
                .duplicateDatabase,
                "the shard \(id) and the ledger are both the schema `\(database)` on \(server)",
                remedy: "give the ledger a schema of its own", at: location)
        }
    }

    /// Refuses a discovery that could find workspaces.
    private func checkPattern(_ like: String, at location: SourceLocation) {
        let prefix = fleet.workspace.prefix
        guard WorkspaceName.isAimedAtWorkspaces(like: like, prefix: prefix) else { return }
        diagnostics.error(
            .invalidValue,
            "schemas that are LIKE `\(like)` are named like scratch schemas: `\(prefix)_…`",
            remedy: "set `prefix` in `workspace` to something else", at: location)
    }

    private func mapped(_ host: ServerAddress, at location: SourceLocation) -> ServerAddress? {
        guard let hosts = environment.hosts else { return host }
        if let server = hosts.pairs[host] { return server }
        diagnostics.error(
            .unmappedHost,
            "the host \(host) is not among the `hosts` of the environment `\(environment.name)`",
            remedy: "map it at \(hosts.location), to itself if it is the same server",
            at: location)
        return nil
    }

    private func listed(_ entry: ShardEntry, _ discovered: Discovery?) -> [ListedShard] {
        switch entry.source {
        case .listed(let shards): return shards
        case .discovered(let host, let like):
            checkPattern(like, at: entry.location)
            guard let discovered, let server = mapped(host, at: entry.location) else { return [] }
            do {
                let names = try discovered(server, like)
                return self.shards(named: names, host: host, like: like, entry)
            } catch {
                diagnostics.add(
                    Diagnostic(
                        .discoveryFailed, "the schemas of \(server) cannot be listed: \(error)",
                        remedy: "make the server reachable; without it nobody knows its shards",
                        at: entry.location), cause: error)
                return []
            }
        }
    }

    /// The name of a shard whose database has control characters; these, and others that shards'
    /// names may not have, become `%0a` and the like.
    private static func shardName(_ database: String) -> String {
        database.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2D
                || (0x41...0x5A).contains(byte & 0xDF)
            let digits = String(byte, radix: 16)
            return isPlain
                ? String(Unicode.Scalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    private func shards(
        named names: [String], host: ServerAddress, like: String, _ entry: ShardEntry
    ) -> [ListedShard] {
        let own = names.sorted().filter {
            !DatabaseName.isSystem($0)
                && !WorkspaceName.matches($0, prefix: fleet.workspace.prefix)
        }
        if own.isEmpty {
            diagnostics.error(
                .noShards, "no schema on \(host) is LIKE `\(like)`",
                remedy: "correct the pattern, or remove the entry", at: entry.location)
        }
        return own.compactMap { name in
            if NameCheck.isUnfit(name) {
                // Observing this shard reports that it is left alone; the others are not affected.
                return ListedShard(name: Self.shardName(name), host: host, database: name)
            }
            if let fault = ShardName.fault(name) {
                diagnostics.error(
                    .invalidValue, "the schema `\(name)` on \(host) \(fault)",
                    remedy: "narrow `like`, or list this shard with a `name` of its own",
                    at: entry.location)
                return nil
            }
            return ListedShard(name: name, host: host, database: name)
        }
    }
}

extension Namespace {
    /// Whether shards of a namespace are discovered.
    package var hasDiscovery: Bool {
        shards.contains { entry in
            switch entry.source {
            case .listed: false
            case .discovered: true
            }
        }
    }

    /// The hosts of all shards, as written.
    var hosts: [(host: ServerAddress, location: SourceLocation)] {
        shards.flatMap { entry in
            switch entry.source {
            case .listed(let shards): Set(shards.map(\.host)).sorted().map { ($0, entry.location) }
            case .discovered(let host, _): [(host, entry.location)]
            }
        }
    }
}

/// Checks that every selector of a namespace selects at least one shard.
private struct SelectorChecks {
    let namespace: Namespace
    let diagnostics: DiagnosticList

    /// `isComplete` is false where shards are still to be discovered.
    func run(_ shards: [Shard], isComplete: Bool) {
        for selector in namespace.overlays.map(\.selector) + namespace.pins.map(\.selector)
        where !shards.contains(where: selector.selects)
            && (isComplete || !canBeDiscovered(selector))
        {
            diagnostics.error(
                .selectsNothing,
                "the selector \(selector) selects no shard of `\(namespace.name)`",
                remedy: "correct it, or remove its entry", at: selector.location)
        }
        for shard in shards {
            let pins = namespace.pins.filter { $0.selector.selects(shard) }
            guard let first = pins.first,
                let other = pins.first(where: { $0.ref.value != first.ref.value })
            else { continue }
            diagnostics.error(
                .conflictingPins,
                "the pins to `\(first.ref.value)` and `\(other.ref.value)` both select "
                    + "the shard \(shard.id)",
                remedy: "narrow one of the selectors", at: other.selector.location)
            return
        }
    }

    private func canBeDiscovered(_ selector: Selector) -> Bool {
        namespace.shards.contains { entry in
            switch entry.source {
            case .listed: false
            case .discovered:
                selector.labels.allSatisfy { entry.labels[$0.key] == $0.value }
            }
        }
    }
}
