import Git
import Schema

@testable import Desired

/// What reading `text` as plumb.yaml reports, each as one line.
func faults(_ text: String) -> [String] {
    do throws(DesiredError) {
        return try Fleet(Array(text.utf8), file: "plumb.yaml").warnings.map(\.description)
    } catch {
        return error.diagnostics.map(\.description)
    }
}

/// A small file that is right, with room for more.
func fleetText(
    namespace: String = "", environment: String = "", tail: String = "",
    shards: String = "[{name: a, host: db-0}, {name: b, host: db-1}]"
) -> String {
    """
    version: 1
    namespaces:
      commerce:
        schema: schema/commerce
        shards: \(shards)
        \(namespace)
    environments:
      production:
        namespaces: [commerce]
        connection: {user: plumb}
        \(environment)
    \(tail)
    """
}

func fleet(_ text: String) throws -> Fleet {
    try Fleet(Array(text.utf8), file: "plumb.yaml")
}

/// A source tree in memory.
final class MemoryTree: SourceTree {
    private let files: [String: [UInt8]]
    private let special: [String: SourceEntry.Kind]
    private let unreadable: Set<String>

    init(
        _ files: [String: String], special: [String: SourceEntry.Kind] = [:],
        unreadable: Set<String> = []
    ) {
        self.files = files.mapValues { Array($0.utf8) }
        self.special = special
        self.unreadable = unreadable
    }

    let describes = "the files in memory"

    func entries(of folder: String) throws(GitError) -> [SourceEntry] {
        if unreadable.contains(folder) { throw GitError(.network, "\(folder): went away") }
        let prefix = folder.isEmpty ? "" : folder + "/"
        var kinds: [String: SourceEntry.Kind] = [:]
        for path in Array(files.keys) + special.keys where path.hasPrefix(prefix) {
            let rest = path.dropFirst(prefix.count).split(separator: "/")
            guard let name = rest.first else { continue }
            kinds[String(name)] = rest.count > 1 ? .folder : special[path] ?? .file
        }
        guard !kinds.isEmpty else { throw GitError(.notFound, "\(folder): no such folder") }
        return kinds.map { SourceEntry(name: $0.key, kind: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    func read(_ path: String) throws(GitError) -> [UInt8] {
        if unreadable.contains(path) { throw GitError(.network, "\(path): went away") }
        guard let bytes = files[path] else {
            throw GitError(.notFound, "\(path): no such file")
        }
        return bytes
    }
}

/// The smallest schema files that are right.
let orders = "CREATE TABLE orders (id int PRIMARY KEY, quantity int);\n"

/// A repository with `fleetText` and the given files beside `schema/commerce/orders.sql`.
func repository(
    _ fleet: String = fleetText(), _ files: [String: String] = [:],
    special: [String: SourceEntry.Kind] = [:], unreadable: Set<String> = []
) -> MemoryTree {
    var all = ["plumb.yaml": fleet, "schema/commerce/orders.sql": orders]
    all.merge(files) { $1 }
    return MemoryTree(
        all.filter { !$0.value.isEmpty || $0.key.hasSuffix("empty.sql") }, special: special,
        unreadable: unreadable)
}

/// What loading reports, or one line for every schema and its shards.
func outcome(
    _ tree: MemoryTree, pinned: [String: MemoryTree] = [:],
    discovered: Discovery = { _, _ in [] }
) -> [String] {
    do throws(DesiredError) {
        let state = try SchemaRepository.load(
            tree, revision: Revision(commit: nil), environment: nil,
            pinned: { ref in
                guard let tree = pinned[ref] else {
                    throw GitError(.notFound, "no revision \(ref)")
                }
                return tree
            }, discovered: discovered)
        return state.schemas.enumerated().map { index, schema in
            let shards = state.shards.filter { state.assignment[$0.id] == index }
            let names = schema.tables.map(\.name).joined(separator: "+")
            let renames = schema.renames.map { " \($0.table):\($0.from)>\($0.to)" }.joined()
            let tables = schema.tableRenames.map { " \($0.from)>\($0.to)" }.joined()
            let indexes = schema.indexRenames.map { " \($0.table).\($0.from)>\($0.to)" }.joined()
            let retire = schema.retire.map { " -\($0)" }.joined()
            return "\(shards.map(\.id.shard).joined(separator: ",")): \(names)\(renames)\(tables)"
                + indexes + retire
        }
    } catch {
        return error.diagnostics.map(\.description)
    }
}
