import Git
import Schema

/// The tables and other objects in the files of a namespace, by folder.
package struct NamespaceSources: Sendable {
    /// The definitions of one folder.
    package struct Folder: Sendable {
        package let path: String
        /// By their places.
        package let tables: [DesiredTable]
        /// The names of all tables, also of those that are missing in `tables`.
        package let allTables: [String]
        /// By their places.
        package let objects: [DesiredObject]
    }

    package let namespace: String
    package let base: Folder
    /// In the order in `plumb.yaml`.
    package let overlays: [Folder]
    /// Whether `plumb.yaml` names the SQL mode of the files.
    package let saysMode: Bool

    package init(
        namespace: String, base: Folder, overlays: [Folder], saysMode: Bool = false
    ) {
        self.saysMode = saysMode
        self.namespace = namespace
        self.base = base
        self.overlays = overlays
    }
}

extension SchemaRepository {
    /// The fleet and the definitions in the files of every namespace, without asking a server.
    ///
    /// Pinned revisions are not read. Throws all faults together.
    package static func sources(
        _ tree: any SourceTree
    ) throws(DesiredError) -> (fleet: Fleet, namespaces: [NamespaceSources]) {
        let fleet = try fleet(tree)
        let diagnostics = DiagnosticList()
        let library = SourceLibrary(
            main: tree, pinned: { _ in tree }, diagnostics: diagnostics)
        let namespaces = fleet.namespaces.compactMap { namespace -> NamespaceSources? in
            let kinds = namespace.managedObjects
            let mode = SourceMode.said(by: namespace)
            let base = library.folder(namespace.schema, pin: nil, kinds: kinds, mode: mode)
            let overlays = namespace.overlays.map {
                library.folder($0.path, pin: nil, kinds: kinds, mode: mode)
            }
            guard let base else { return nil }
            return NamespaceSources(
                namespace: namespace.name, base: folder(base, among: [:]),
                overlays: overlays.compactMap { $0.map { folder($0, among: base.tables) } },
                saysMode: namespace.sqlMode != nil)
        }
        try diagnostics.check()
        return (fleet, namespaces)
    }

    /// Leaves out a table that is LIKE one of another overlay: its columns depend on the shard.
    private static func folder(
        _ source: SourceFolder, among others: [String: DesiredTable]
    ) -> NamespaceSources.Folder {
        let all = others.merging(source.tables) { $1 }
        let resolved = LikeTables(tables: all, namespace: "", diagnostics: nil).resolved()
        let tables = source.tables.keys.compactMap { resolved[$0] }.sorted {
            ($0.file, $0.location.line, $0.location.column)
                < ($1.file, $1.location.line, $1.location.column)
        }
        let objects = source.objects.values.sorted {
            ($0.start.file, $0.start.line, $0.start.column)
                < ($1.start.file, $1.start.line, $1.start.column)
        }
        return NamespaceSources.Folder(
            path: source.path, tables: tables, allTables: source.tables.values.map(\.name),
            objects: objects)
    }
}
