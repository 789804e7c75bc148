import Git
import Schema

/// Reads the desired state of the fleet from a schema repository.
package enum SchemaRepository {
    /// The desired schema of every shard of `environment`.
    ///
    /// `environment` is required where the file has several. `namespaces` limits what is read; nil
    /// reads all. `pinned` finds the tree of a ref to which shards are pinned, and `discovered` the
    /// databases on a server; `known` is the tree's fleet file if it was read before; `modes` are
    /// the SQL modes of the servers as far as they are known. Throws all faults together.
    package static func load(
        _ tree: any SourceTree, revision: Revision, environment name: String?,
        namespaces: Set<String>? = nil, fleet known: Fleet? = nil,
        modes: SourceModes = SourceModes(), pinned: @escaping PinnedTree, discovered: Discovery
    ) throws(DesiredError) -> DesiredState {
        let fleet = if let known { known } else { try fleet(tree) }
        let environment = try fleet.selectEnvironment(name)
        let shards = try fleet.resolve(
            environment, namespaces: namespaces, discovered: discovered)
        let diagnostics = DiagnosticList()
        let reader = ModeReader(tree: tree, pinned: pinned, diagnostics: diagnostics)
        var modes = modes
        var schemas: [DesiredSchema] = []
        var assignment: [ShardID: Int] = [:]
        assignment.reserveCapacity(shards.count)
        for namespace in fleet.namespaces {
            let own = shards.filter { $0.id.namespace == namespace.name }
            guard !own.isEmpty else { continue }
            let assembled = reader.assemble(own, of: namespace, in: &modes)
            for (shard, place) in assembled.assignment {
                assignment[shard] = schemas.count + place
            }
            schemas += assembled.schemas
        }
        try diagnostics.check()
        return DesiredState(
            fleet: fleet, environment: environment, revision: revision, schemas: schemas,
            assignment: assignment, shards: shards, modes: modes)
    }

    /// `plumb.yaml` in the root of `tree`; `prefix` comes before its name in places.
    package static func fleet(
        _ tree: any SourceTree, prefix: String = ""
    ) throws(DesiredError) -> Fleet {
        let diagnostics = DiagnosticList()
        let fleet = fleet(tree, diagnostics, prefix: prefix)
        try diagnostics.check()
        guard let fleet else { throw DesiredError(diagnostics.sorted) }
        return fleet
    }

    /// All faults and warnings of the schema repository, without asking a server.
    ///
    /// Reads all environments, namespaces, overlays and approvals. Revisions to which shards are
    /// pinned are read where `pinned` is given.
    ///
    /// - Parameter inAnyMode: whether files of a namespace that names no SQL mode may need an
    ///   unusual one; for commands that ask the servers afterwards.
    package static func validate(
        _ tree: any SourceTree, pinned: PinnedTree? = nil, inAnyMode: Bool = false
    ) -> [Diagnostic] {
        let diagnostics = DiagnosticList()
        if let fleet = fleet(tree, diagnostics) {
            for warning in fleet.warnings { diagnostics.add(warning) }
            Validation(fleet: fleet, diagnostics: diagnostics, inAnyMode: inAnyMode)
                .run(tree, pinned: pinned)
        }
        do {
            _ = try ApprovalFile.readAll(tree)
        } catch {
            for diagnostic in error.diagnostics { diagnostics.add(diagnostic) }
        }
        return diagnostics.sorted
    }

    /// `prefix` comes before the file's name in places.
    static func fleet(
        _ tree: any SourceTree, _ diagnostics: DiagnosticList, prefix: String = ""
    ) -> Fleet? {
        do {
            return Fleet.decode(
                try tree.read(Fleet.fileName), file: prefix + Fleet.fileName, into: diagnostics)
        } catch {
            let isMissing = error.code == .notFound
            diagnostics.add(
                Diagnostic(
                    isMissing ? .danglingPath : .unreadableSource,
                    isMissing
                        ? "there is no `\(Fleet.fileName)` in \(tree.describes)"
                        : "`\(Fleet.fileName)` cannot be read: \(error)",
                    remedy: isMissing
                        ? "name the schema repository with `--source`, or write one with "
                            + "`plumb import`" : "make it readable and try again"),
                cause: error)
            return nil
        }
    }
}

/// Reads the schemas of all listed shards.
private struct Validation {
    let fleet: Fleet
    let diagnostics: DiagnosticList
    let inAnyMode: Bool

    func run(_ tree: any SourceTree, pinned: PinnedTree?) {
        let library = SourceLibrary(
            main: tree, pinned: pinned ?? { _ in tree }, diagnostics: diagnostics)
        for namespace in fleet.namespaces {
            guard inAnyMode, namespace.sqlMode == nil else {
                check(
                    namespace, SourceMode.said(by: namespace), library, diagnostics,
                    hasPins: pinned != nil)
                continue
            }
            let attempts = ([""] + Dialect.Quoting.otherModes).lazy.map { mode in
                let found = DiagnosticList()
                let library = SourceLibrary(
                    main: tree, pinned: pinned ?? { _ in tree }, diagnostics: found)
                check(namespace, mode, library, found, hasPins: pinned != nil)
                return found
            }
            let best = attempts.first { !$0.hasErrors } ?? attempts.first
            for finding in best?.all ?? [] { diagnostics.add(finding, cause: best?.cause) }
        }
    }

    private func check(
        _ namespace: Namespace, _ mode: String, _ library: SourceLibrary,
        _ diagnostics: DiagnosticList, hasPins: Bool
    ) {
        _ = library.folder(
            namespace.schema, pin: nil, kinds: namespace.managedObjects, mode: mode,
            allowsEmpty: namespace.allowsEmpty)
        for overlay in namespace.overlays {
            _ = library.folder(
                overlay.path, pin: nil, kinds: namespace.managedObjects, mode: mode)
        }
        let all = representatives(of: namespace)
        let shards = all.filter { shard in
            hasPins || !namespace.pins.contains { $0.selector.selects(shard) }
        }
        var modes = SourceModes()
        modes.assume(mode, for: namespace.name)
        let assembled = NamespaceSchemas(
            namespace: namespace, library: library, diagnostics: diagnostics, modes: modes
        ).assemble(shards, isComplete: shards.count == all.count && !namespace.hasDiscovery)
        for schema in assembled.schemas {
            LetterCase(schema: schema, diagnostics: diagnostics).check()
        }
    }

    /// The listed shards, and a nameless one for each discovery.
    private func representatives(of namespace: Namespace) -> [Shard] {
        namespace.shards.enumerated().flatMap { index, entry -> [Shard] in
            switch entry.source {
            case .listed(let shards):
                shards.map {
                    Shard(
                        id: ShardID(namespace: namespace.name, shard: $0.name), server: $0.host,
                        database: $0.database, labels: entry.labels)
                }
            case .discovered(let host, _):
                [
                    Shard(
                        id: ShardID(namespace: namespace.name, shard: ""), server: host,
                        database: "", labels: entry.labels)
                ]
            }
        }
    }
}
