import Git
import Schema

/// The tables that the files of a namespace define, folder by folder.
package struct NamespaceSources: Sendable {
    package struct Folder: Sendable {
        package let path: String
        /// In the order of their places.
        package let tables: [DesiredTable]
    }

    package let namespace: String
    package let base: Folder
    /// In the order of `plumb.yaml`.
    package let overlays: [Folder]

    package init(namespace: String, base: Folder, overlays: [Folder]) {
        self.namespace = namespace
        self.base = base
        self.overlays = overlays
    }
}

extension SchemaRepository {
    /// The fleet and what the files of every namespace define, without any server.
    ///
    /// Revisions that shards are pinned to are left out. Throws all that is wrong, in one go.
    package static func sources(
        _ tree: any SourceTree
    ) throws(DesiredError) -> (fleet: Fleet, namespaces: [NamespaceSources]) {
        let fleet = try fleet(tree)
        let diagnostics = DiagnosticList()
        let library = SourceLibrary(
            main: tree, pinned: { _ in tree }, diagnostics: diagnostics)
        let namespaces = fleet.namespaces.compactMap { namespace -> NamespaceSources? in
            let kinds = namespace.managedObjects
            let base = library.folder(namespace.schema, pin: nil, kinds: kinds)
            let overlays = namespace.overlays.map {
                library.folder($0.path, pin: nil, kinds: kinds)
            }
            guard let base else { return nil }
            return NamespaceSources(
                namespace: namespace.name, base: folder(base),
                overlays: overlays.compactMap { $0.map(folder) })
        }
        try diagnostics.check()
        return (fleet, namespaces)
    }

    private static func folder(_ source: SourceFolder) -> NamespaceSources.Folder {
        let tables = source.tables.values.sorted {
            ($0.file, $0.location.line, $0.location.column)
                < ($1.file, $1.location.line, $1.location.column)
        }
        return NamespaceSources.Folder(path: source.path, tables: tables)
    }
}
