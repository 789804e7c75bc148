import Desired
import Git
import Observed
import Schema

/// Chooses the file of each table and other object, and which of them can be part of the schema.
struct ImportLayout {
    private let catalog: ObjectCatalog
    private var namespaces: [Namespace] = []

    private struct Namespace {
        let name: String
        let shards: [ImportReport.Shard]
        var entries: [Entry]
    }

    /// A file and its contents.
    private struct Entry {
        let kind: ObjectName.Kind
        var table: ImportReport.Table
        let text: String
    }

    init(groups: DatabaseGroups, request: ImportRequest, catalog: ObjectCatalog) {
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
                    entries: Self.entries(group, namespace: name, catalog)))
        }
    }

    private static func entries(
        _ group: DatabaseGroups.Group, namespace: String, _ catalog: ObjectCatalog
    ) -> [Entry] {
        let tables = tables(group, namespace: namespace, catalog)
        return tables + objects(group, namespace: namespace)
    }

    /// Each kind has a folder of its own, as names of different kinds may be equal.
    private static func objects(
        _ group: DatabaseGroups.Group, namespace: String
    ) -> [Entry] {
        var names: [ObjectName.Kind: ImportNames] = [:]
        return group.objects.map { object in
            let name = object.file.name
            let problem = object.file.problem
            let file = names[name.kind, default: ImportNames()]
                .fileName(for: name.name, kind: name.kind.rawValue)
            let path = "schema/\(namespace)/\(name.kind.rawValue)s/\(file).sql"
            return Entry(
                kind: name.kind,
                table: .init(
                    name: name.encoded, file: problem == nil ? path : path + unmanagedSuffix,
                    isManaged: problem == nil, problem: problem, leftOut: object.leftOut),
                text: object.file.text)
        }
    }

    private static func tables(
        _ group: DatabaseGroups.Group, namespace: String, _ catalog: ObjectCatalog
    ) -> [Entry] {
        var names = ImportNames()
        // Sorted by bytes, so that the same database always gives the same files.
        let tables = group.tables.sorted {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        return tables.compactMap { name, digest in
            guard let table = catalog[digest] else { return nil }
            let isManaged = Digest(of: table.text) == digest
            let file = "schema/\(namespace)/\(names.fileName(for: name)).sql"
            return Entry(
                kind: .table,
                table: .init(
                    name: name, file: isManaged ? file : file + unmanagedSuffix,
                    isManaged: isManaged, problem: table.unsupported),
                text: table.text + ";\n")
        }
    }

    /// The ending of files that keep a text but are not part of the schema.
    private static let unmanagedSuffix = ".unmanaged"

    var report: [ImportReport.Namespace] {
        namespaces.map { space in
            .init(
                name: space.name, shards: space.shards,
                tables: space.entries.filter { $0.kind == .table }.map(\.table),
                objects: space.entries.filter { $0.kind != .table }.map(\.table))
        }
    }

    var files: [String] {
        ([Fleet.fileName] + namespaces.flatMap { $0.entries.map(\.table.file) })
            .sorted()
    }

    /// Writes everything, and leaves out of the schema what a schema file cannot express.
    ///
    /// Only tables that Plumb does not support and objects other than tables are left out; any
    /// other fault is an error.
    mutating func settle(in target: inout ImportFolder, draft: FleetDraft) throws {
        try write(to: &target, draft)
        let faults = Self.faults(target)
        guard !faults.isEmpty else { return }
        let isChanged = leaveOut(faults)
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

    /// Leaves the files with faults out of the schema; false where none of them may be left out.
    private mutating func leaveOut(_ faults: [Diagnostic]) -> Bool {
        let reasons = Dictionary(
            faults.compactMap { fault in fault.location.map { ($0.file, fault.message) } },
            uniquingKeysWith: { first, _ in first })
        var isChanged = false
        for space in namespaces.indices {
            for place in namespaces[space].entries.indices {
                let entry = namespaces[space].entries[place]
                guard let reason = reasons[entry.table.file], entry.table.isManaged,
                    entry.kind != .table || entry.table.problem != nil
                else { continue }
                namespaces[space].entries[place].table.isManaged = false
                namespaces[space].entries[place].table.problem = entry.table.problem ?? reason
                namespaces[space].entries[place].table.file += Self.unmanagedSuffix
                isChanged = true
            }
        }
        return isChanged
    }

    private func write(to target: inout ImportFolder, _ draft: FleetDraft) throws {
        for namespace in namespaces {
            for entry in namespace.entries {
                try target.write(entry.text, to: entry.table.file)
            }
        }
        let text = draft.text(
            namespaces.map { FleetDraft.Namespace(name: $0.name, shards: $0.shards) })
        try target.write(text, to: Fleet.fileName)
    }

    private static func faults(_ target: ImportFolder) -> [Diagnostic] {
        SchemaRepository.validate(WorkingTree(folder: target.staging))
            .filter { $0.severity == .error }
    }
}
