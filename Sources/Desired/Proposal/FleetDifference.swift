import Git
import Schema

/// Finds the keys that differ between two versions of `plumb.yaml` and take effect only by a merge.
struct FleetDifference {
    let base: any SourceTree
    /// The prefix of places in the base's file.
    let prefix: String
    let proposed: any SourceTree

    /// Sorted by path.
    func changes() throws(DesiredError) -> [ProposedFleet.Change] {
        var found: [ProposedFleet.Change] = []
        compare(
            try root(base, prefix), try root(proposed, ""), at: [], into: &found)
        return found.sorted { $0.path < $1.path }
    }

    private func root(_ tree: any SourceTree, _ prefix: String) throws(DesiredError) -> YAMLNode? {
        let file = Fleet.fileName
        let diagnostics = DiagnosticList()
        let bytes: [UInt8]
        do throws(GitError) {
            bytes = try tree.read(file)
        } catch  where error.code == .notFound {
            return nil
        } catch {
            diagnostics.add(
                Diagnostic(
                    .unreadableSource, "the file `\(prefix)\(file)` cannot be read: \(error)",
                    remedy: "make it readable and try again",
                    at: SourceLocation(file: prefix + file, line: 1, column: 1)), cause: error)
            try diagnostics.check()
            return nil
        }
        let node = YAMLReader.read(bytes, file: prefix + file, into: diagnostics)
        try diagnostics.check()
        return node
    }

    /// Keys of a namespace for which the proposal's value is used.
    private static let schemaKeys: Set<String> = [
        NamespaceKey.schema.rawValue, NamespaceKey.overlays.rawValue,
        NamespaceKey.renames.rawValue,
    ]

    private func isFollowed(_ path: [String]) -> Bool {
        if path == [RootKey.lint.rawValue] { return true }
        return path.count == 3 && path[0] == RootKey.namespaces.rawValue
            && Self.schemaKeys.contains(path[2])
    }

    private func compare(
        _ old: YAMLNode?, _ new: YAMLNode?, at path: [String],
        into found: inout [ProposedFleet.Change]
    ) {
        guard !isFollowed(path) else { return }
        switch (old, new) {
        case (nil, nil): return
        case (nil, let new?): add(.added, path, new, &found)
        case (let old?, nil): add(.removed, path, old, &found)
        case (let old?, let new?):
            guard case .mapping(let before) = old.content, case .mapping(let after) = new.content
            else {
                if !Self.same(old, new) { add(.changed, path, new, &found) }
                return
            }
            let left = Dictionary(before.map { ($0.key, $0.value) }) { first, _ in first }
            let right = Dictionary(after.map { ($0.key, $0.value) }) { first, _ in first }
            for key in Set(left.keys).union(right.keys).sorted() {
                compare(left[key], right[key], at: path + [key], into: &found)
            }
        }
    }

    private func add(
        _ kind: ProposedFleet.Change.Kind, _ path: [String], _ node: YAMLNode,
        _ found: inout [ProposedFleet.Change]
    ) {
        let name = path.map { $0.count > 64 ? $0.prefix(64) + "…" : $0 }.joined(separator: ".")
        found.append(.init(path: name, kind: kind, location: node.location))
    }

    /// Whether both have the same value, regardless of place and quotes.
    private static func same(_ left: YAMLNode, _ right: YAMLNode) -> Bool {
        switch (left.content, right.content) {
        case (.scalar(let one), .scalar(let other)): one.value == other.value
        case (.sequence(let one), .sequence(let other)):
            one.count == other.count && zip(one, other).allSatisfy(same)
        case (.mapping(let one), .mapping(let other)):
            one.count == other.count
                && one.allSatisfy { entry in
                    other.contains { $0.key == entry.key && same($0.value, entry.value) }
                }
        case (.scalar, .sequence), (.scalar, .mapping), (.sequence, .scalar),
            (.sequence, .mapping), (.mapping, .scalar), (.mapping, .sequence):
            false
        }
    }
}
