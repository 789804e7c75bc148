import Git
import Schema

/// The SQL mode in which the files of a namespace are read.
///
/// Most modes leave the words of a text what they are. Those that do not, quotes and backslashes,
/// decide which tables there are at all: such a mode is known here by its whole name, and every
/// other one as "", which is the usual reading.
enum SourceMode {
    /// What `plumb.yaml` says; the usual one where it says nothing.
    static func said(by namespace: Namespace) -> String {
        reading(namespace.sqlMode?.value ?? "")
    }

    static func reading(_ mode: String) -> String {
        Dialect.Quoting(sqlMode: mode) == .usual ? "" : mode
    }
}

/// How the servers of a fleet read files, as far as that is known.
package struct SourceModes: Hashable, Sendable {
    /// The modes of shards that read files otherwise than usual.
    private var unusual: [ShardID: String] = [:]
    /// Namespaces of which no server was asked, with the first mode in which their files can be
    /// read.
    private var assumed: [String: String] = [:]

    package init() {}

    /// What servers say: the mode in which each shard's files are meant.
    package init(_ modes: [(shard: ShardID, mode: String)], of fleet: Fleet) {
        let open = Set(fleet.namespaces.filter { $0.sqlMode == nil }.map(\.name))
        for (shard, mode) in modes where open.contains(shard.namespace) {
            let reading = SourceMode.reading(mode)
            if !reading.isEmpty { unusual[shard] = reading }
            // A shard that cannot be reached is taken to be like the others.
            if assumed[shard.namespace] == nil { assumed[shard.namespace] = reading }
        }
    }

    func mode(of shard: ShardID, in namespace: Namespace) -> String {
        guard namespace.sqlMode == nil else { return SourceMode.said(by: namespace) }
        return unusual[shard] ?? assumed[shard.namespace] ?? ""
    }

    /// Whether nothing is known of a namespace that leaves it to its servers.
    func isOpen(_ namespace: Namespace) -> Bool {
        namespace.sqlMode == nil && assumed[namespace.name] == nil
    }

    mutating func assume(_ mode: String, for namespace: String) {
        assumed[namespace] = mode
    }

    /// Whether what was read with these modes is what `actual` would read.
    package func agrees(with actual: SourceModes, on shards: [ShardID]) -> Bool {
        func mode(_ modes: SourceModes, _ shard: ShardID) -> String {
            modes.unusual[shard] ?? modes.assumed[shard.namespace] ?? ""
        }
        return shards.allSatisfy { mode(self, $0) == mode(actual, $0) }
    }
}

/// Reads namespaces whose servers' modes are not known yet: as usual, or in the first other way
/// in which the files can be read at all.
///
/// What is read so is read again once the servers have said how they read it.
final class ModeReader {
    private let tree: any SourceTree
    private let pinned: PinnedTree
    private let diagnostics: DiagnosticList
    private var libraries: [String: (library: SourceLibrary, found: DiagnosticList)] = [:]

    init(tree: any SourceTree, pinned: @escaping PinnedTree, diagnostics: DiagnosticList) {
        self.tree = tree
        self.pinned = pinned
        self.diagnostics = diagnostics
    }

    /// The schemas of a namespace; what is wrong with it is among the diagnostics.
    func assemble(
        _ shards: [Shard], of namespace: Namespace, in modes: inout SourceModes
    ) -> (schemas: [DesiredSchema], assignment: [ShardID: Int]) {
        let isOpen = modes.isOpen(namespace)
        let first = attempt("", shards, namespace, modes)
        if first.isWhole || !isOpen {
            for finding in first.found { diagnostics.add(finding, cause: first.cause) }
            return (first.schemas, first.assignment)
        }
        for mode in Dialect.Quoting.otherModes {
            var other = modes
            other.assume(mode, for: namespace.name)
            let next = attempt(mode, shards, namespace, other)
            guard next.isWhole else { continue }
            modes = other
            return (next.schemas, next.assignment)
        }
        for finding in first.found { diagnostics.add(finding, cause: first.cause) }
        return (first.schemas, first.assignment)
    }

    private struct Attempt {
        let schemas: [DesiredSchema]
        let assignment: [ShardID: Int]
        let found: [Diagnostic]
        let cause: (any Error)?
        let isWhole: Bool
    }

    /// - Parameter name: attempts of one name share what they read.
    private func attempt(
        _ name: String, _ shards: [Shard], _ namespace: Namespace, _ modes: SourceModes
    ) -> Attempt {
        let (library, found) =
            libraries[name]
            ?? {
                let found = DiagnosticList()
                return (SourceLibrary(main: tree, pinned: pinned, diagnostics: found), found)
            }()
        libraries[name] = (library, found)
        let before = (errors: found.errorCount, all: found.all.count)
        let result = NamespaceSchemas(
            namespace: namespace, library: library, diagnostics: found, modes: modes
        ).assemble(shards)
        let isWhole =
            found.errorCount == before.errors && result.assignment.count == shards.count
        // What is wrong with a folder is said once, also where several namespaces have it.
        return Attempt(
            schemas: result.schemas, assignment: result.assignment,
            found: isWhole ? Array(found.all.dropFirst(before.all)) : found.all,
            cause: found.cause, isWhole: isWhole)
    }
}
