import Git
import Schema

/// Finds the tree of a pinned ref; throws where it does not exist.
package typealias PinnedTree = (_ ref: String) throws -> any SourceTree

/// The schema folders of a revision, and of those to which shards are pinned. Each file is read
/// once, whatever the number of namespaces, overlays and shards that use it.
final class SourceLibrary {
    private let main: any SourceTree
    private let pinned: PinnedTree
    private let diagnostics: DiagnosticList
    /// The prefix of places in files of `main`.
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

    /// The tables of a folder, and its objects of `kinds`; nil where it has errors, which were
    /// reported.
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

/// The tables and other objects in the files of one folder.
struct SourceFolder {
    let path: String
    /// By name as written: names that differ only by letter case are two tables on some servers and
    /// one on others.
    let tables: [String: DesiredTable]
    /// By the encoded name of ``NameFolding/written(_:)``.
    let objects: [String: DesiredObject]
}
