import Git
import Schema

/// Finds the tree of a pinned ref.
package typealias PinnedTree = (_ ref: String) throws -> any SourceTree

/// The schema folders of one revision and of those that shards are pinned to; every file is read
/// once, whatever number of namespaces, overlays and shards use it.
final class SourceLibrary {
    private let main: any SourceTree
    private let pinned: PinnedTree
    private let diagnostics: DiagnosticList
    /// What stands before places in files of `main`.
    private let prefix: String
    private var trees: [String: (any SourceTree)?] = [:]
    private var folders: [Key: SourceFolder?] = [:]

    private struct Key: Hashable {
        let ref: String?
        let folder: String
        let kinds: Set<ObjectName.Kind>
        let mode: String
    }

    init(
        main: any SourceTree, pinned: @escaping PinnedTree, diagnostics: DiagnosticList,
        prefix: String = ""
    ) {
        self.prefix = prefix
        self.main = main
        self.pinned = pinned
        self.diagnostics = diagnostics
    }

    /// The tables of a folder, and the objects of `kinds`; nil where it could not be read, which
    /// was reported.
    ///
    /// - Parameter mode: the SQL mode in which its files are read; see ``SourceMode``.
    func folder(
        _ path: Located<String>, pin: Located<String>?, kinds: Set<ObjectName.Kind>,
        mode: String, allowsEmpty: Bool = false
    ) -> SourceFolder? {
        let key = Key(ref: pin?.value, folder: path.value, kinds: kinds, mode: mode)
        if let known = folders[key] { return known }
        let folder = tree(pin).flatMap { tree in
            SourceFolderReader(
                tree: tree, prefix: pin.map { "\($0.value):" } ?? prefix, kinds: kinds,
                mode: mode, diagnostics: diagnostics
            ).read(path, allowsEmpty: allowsEmpty)
        }
        folders[key] = .some(folder)
        return folder
    }

    private func tree(_ pin: Located<String>?) -> (any SourceTree)? {
        guard let pin else { return main }
        if let known = trees[pin.value] { return known }
        var tree: (any SourceTree)?
        do {
            tree = try pinned(pin.value)
        } catch {
            diagnostics.add(
                Diagnostic(
                    .danglingRef, "the pinned ref `\(pin.value)` cannot be read: \(error)",
                    remedy: "name a ref or commit of the schema repository", at: pin.location),
                cause: error)
        }
        trees[pin.value] = .some(tree)
        return tree
    }
}

/// The tables and other objects that the files of one folder define.
struct SourceFolder {
    let path: String
    /// By name as written: two names that differ by letter case alone are two tables on some
    /// servers, and one on others.
    let tables: [String: DesiredTable]
    /// By encoded name, as ``NameFolding/written(_:)`` has it.
    let objects: [String: DesiredObject]
}
