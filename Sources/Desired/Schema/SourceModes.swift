import Git
import Schema

/// The SQL mode in which the files of a namespace are read.
///
/// Most modes do not change how a text is cut into tokens. Those that do, with other quotes and
/// backslashes, decide which tables are defined at all: such a mode is represented by its whole
/// text, and every other one by "", the default.
enum SourceMode {
    /// The mode in `plumb.yaml`; the default where it names none.
    static func said(by namespace: Namespace) -> String {
        reading(namespace.sqlMode?.value ?? "")
    }

    static func reading(_ mode: String) -> String {
        Dialect.Quoting(sqlMode: mode) == .usual ? "" : mode
    }
}

/// The SQL modes in which the servers of a fleet read files, as far as they are known.
package struct SourceModes: Hashable, Sendable {
    /// The modes of shards whose servers do not use the default.
    private var unusual: [ShardID: String] = [:]
    /// For namespaces of which no server was asked, the first mode in which their files can be
    /// read.
    private var assumed: [String: String] = [:]

    package init() {}

    /// The modes that the servers reported for each shard's files.
    package init(_ modes: [(shard: ShardID, mode: String)], of fleet: Fleet) {
        let open = Set(fleet.namespaces.filter { $0.sqlMode == nil }.map(\.name))
        for (shard, mode) in modes where open.contains(shard.namespace) {
            let reading = SourceMode.reading(mode)
            if !reading.isEmpty { unusual[shard] = reading }
            // A shard that cannot be reached is assumed to have the mode of the others.
            if assumed[shard.namespace] == nil { assumed[shard.namespace] = reading }
        }
    }

    func mode(of shard: ShardID, in namespace: Namespace) -> String {
        guard namespace.sqlMode == nil else { return SourceMode.said(by: namespace) }
        return unusual[shard] ?? assumed[shard.namespace] ?? ""
    }

    /// Whether the mode of a namespace is up to its servers and not known yet.
    func isOpen(_ namespace: Namespace) -> Bool {
        namespace.sqlMode == nil && assumed[namespace.name] == nil
    }

    mutating func assume(_ mode: String, for namespace: String) {
        assumed[namespace] = mode
    }

    /// Whether files read with these modes are read in the same way with `actual`.
    package func agrees(with actual: SourceModes, on shards: [ShardID]) -> Bool {
        func mode(_ modes: SourceModes, _ shard: ShardID) -> String {
            modes.unusual[shard] ?? modes.assumed[shard.namespace] ?? ""
        }
        return shards.allSatisfy { mode(self, $0) == mode(actual, $0) }
    }
}

/// Reads namespaces while their servers' modes are unknown: in the default mode, or else in the
/// first other one in which the files can be read.
///
/// They are read again when the servers have reported their modes.
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

    /// The schemas of a namespace; its faults go to the diagnostics.
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

    /// - Parameter name: attempts with the same name share the files that they read.
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
        // Faults of a folder are reported once, even where several namespaces use it.
        return Attempt(
            schemas: result.schemas, assignment: result.assignment,
            found: isWhole ? Array(found.all.dropFirst(before.all)) : found.all,
            cause: found.cause, isWhole: isWhole)
    }
}
