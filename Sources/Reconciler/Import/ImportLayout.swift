import Desired
import Diff
import Git
import Observed
import Schema

/// Which file each table gets, and which tables the schema can have.
struct ImportLayout {
    private let catalog: TableCatalog
    private var namespaces: [Namespace] = []

    private struct Namespace {
        let name: String
        let shards: [ImportReport.Shard]
        var tables: [Entry]
    }

    private struct Entry {
        var table: ImportReport.Table
        let text: String
    }

    init(groups: DatabaseGroups, request: ImportRequest, catalog: TableCatalog) {
        self.catalog = catalog
        var names = ImportNames()
        for group in groups.groups {
            let isOnly = groups.groups.count == 1
            let name =
                (isOnly ? request.namespace : nil) ?? names.namespaceName(for: group.databases)
            var shards = ImportNames()
            namespaces.append(
                Namespace(
                    name: name,
                    shards: group.databases.map {
                        .init(name: shards.shardName(for: $0), database: $0)
                    },
                    tables: Self.entries(group, namespace: name, catalog)))
        }
    }

    private static func entries(
        _ group: DatabaseGroups.Group, namespace: String, _ catalog: TableCatalog
    ) -> [Entry] {
        var names = ImportNames()
        var first: [String: String] = [:]
        // Sorted by bytes, so that the same database always gives the same files.
        let tables = group.tables.sorted {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        return tables.compactMap { name, digest in
            guard let table = catalog[digest] else { return nil }
            var problem = table.unsupported
            var isManaged = Digest(of: table.text) == digest
            if let other = first[name.lowercased()] {
                problem = "its name differs from that of `\(other)` by letter case only"
                isManaged = false
            }
            first[name.lowercased()] = first[name.lowercased()] ?? name
            let file = "schema/\(namespace)/\(names.fileName(for: name)).sql"
            return Entry(
                table: .init(
                    name: name, file: isManaged ? file : file + unmanagedSuffix,
                    isManaged: isManaged, problem: problem),
                text: table.text + ";\n")
        }
    }

    /// Keeps a file's text in the folder and out of the schema.
    private static let unmanagedSuffix = ".unmanaged"

    var report: [ImportReport.Namespace] {
        namespaces.map {
            .init(name: $0.name, shards: $0.shards, tables: $0.tables.map(\.table))
        }
    }

    var files: [String] {
        ([SchemaRepository.fleetFile] + report.flatMap { $0.tables.map(\.file) }).sorted()
    }

    /// Writes everything, and leaves out of the schema what a schema cannot have.
    ///
    /// Only tables that Plumb does not understand are left out; any other fault is an error.
    mutating func settle(in target: inout ImportFolder, draft: FleetDraft) throws {
        try write(to: &target, draft)
        let faults = Self.faults(target)
        guard !faults.isEmpty else { return }
        let files = Set(faults.compactMap { $0.location?.file })
        var isChanged = false
        for space in namespaces.indices {
            for place in namespaces[space].tables.indices {
                let entry = namespaces[space].tables[place]
                guard entry.table.isManaged, entry.table.problem != nil,
                    files.contains(entry.table.file)
                else { continue }
                namespaces[space].tables[place].table.isManaged = false
                namespaces[space].tables[place].table.file += Self.unmanagedSuffix
                isChanged = true
            }
        }
        if isChanged {
            try target.restart()
            try write(to: &target, draft)
        }
        let rest = isChanged ? Self.faults(target) : faults
        guard rest.isEmpty else {
            throw ImportError(
                .invalidResult,
                "the databases cannot be written as a schema repository; nothing was written:\n"
                    + rest.map(\.description).joined(separator: "\n"),
                cause: DesiredError(rest))
        }
    }

    private func write(to target: inout ImportFolder, _ draft: FleetDraft) throws {
        for namespace in namespaces {
            for entry in namespace.tables {
                try target.write(entry.text, to: entry.table.file)
            }
        }
        let text = draft.text(
            namespaces.map { FleetDraft.Namespace(name: $0.name, shards: $0.shards) })
        try target.write(text, to: SchemaRepository.fleetFile)
    }

    private static func faults(_ target: ImportFolder) -> [Diagnostic] {
        SchemaRepository.validate(WorkingTree(folder: target.staging))
            .filter { $0.severity == .error }
    }
}
