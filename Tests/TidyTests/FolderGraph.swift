/// Which folders of a module use what of which others.
struct FolderGraph {
    /// A file of the product.
    struct File {
        /// From the root of the repository.
        let path: String
        let names: SwiftNames

        init(path: String, text: String) {
            self.path = path
            names = SwiftNames(text)
        }

        var module: String { FolderGraph.module(of: path) }
        /// A module's root is a folder, too.
        var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }
    }

    /// One file's use of another.
    struct Edge: Hashable, Comparable {
        let from: String
        let to: String
        let name: String

        static func < (left: Edge, right: Edge) -> Bool {
            (left.from, left.to, left.name) < (right.from, right.to, right.name)
        }
    }

    /// From files to files of the same module; also within one folder.
    let edges: Set<Edge>
    private let folders: [String: String]

    /// - Parameter files: all of the product, so that what a name means is known.
    init(_ files: [File]) {
        folders = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.folder) })
        let unique = UniqueMembers(files)
        var edges: Set<Edge> = []
        for (_, files) in Dictionary(grouping: files, by: \.module) {
            let owners = Owners(files)
            for file in files {
                let extended = file.names.extended.map {
                    SwiftNames.Use(name: $0, qualifier: nil, outer: "")
                }
                for use in file.names.uses.union(extended) {
                    for owner in owners.files(of: use, in: file, or: unique)
                    where owner != file.path {
                        edges.insert(Edge(from: file.path, to: owner, name: use.name))
                    }
                }
            }
        }
        self.edges = edges
    }

    /// The folders that reach each other, with the uses between them, rarest first.
    ///
    /// - Parameter modules: those that are looked at.
    func cycles(in modules: Set<String>) -> [String] {
        var uses: [String: [String: [Edge]]] = [:]
        for edge in edges.sorted() {
            guard let from = folders[edge.from], let to = folders[edge.to], from != to,
                modules.contains(Self.module(of: from))
            else { continue }
            uses[from, default: [:]][to, default: []].append(edge)
        }
        let graph = uses.mapValues { Set($0.keys) }
        return Self.components(of: graph).map { folders in
            let pairs = folders.flatMap { from in
                folders.compactMap { to in uses[from]?[to].map { (from, to, $0) } }
            }
            let lines = pairs.sorted { ($0.2.count, $0.0, $0.1) < ($1.2.count, $1.0, $1.1) }.map {
                from, to, edges in
                let some = edges.prefix(3).map { edge in
                    "\(Self.last(edge.from)) uses \(edge.name) of \(Self.last(edge.to))"
                }
                return "  \(from) → \(to): " + some.joined(separator: ", ")
                    + (edges.count > 3 ? " and \(edges.count - 3) more" : "")
            }
            return "\(folders.joined(separator: ", ")) reach each other:\n"
                + lines.joined(separator: "\n")
        }
    }

    static func module(of path: String) -> String {
        path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    }

    private static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Groups of two and more nodes that all reach each other.
    static func components(of graph: [String: Set<String>]) -> [[String]] {
        func reached(from start: String) -> Set<String> {
            var seen: Set<String> = []
            var open = Array(graph[start] ?? [])
            while let node = open.popLast() {
                if seen.insert(node).inserted { open += graph[node] ?? [] }
            }
            return seen
        }
        let reach = Dictionary(uniqueKeysWithValues: graph.keys.map { ($0, reached(from: $0)) })
        let groups = graph.keys.compactMap { node -> [String]? in
            let group = (reach[node] ?? []).filter { reach[$0]?.contains(node) == true }
            return group.count > 1 ? group.sorted() : nil
        }
        return Set(groups).sorted { $0.lexicographicallyPrecedes($1) }
    }
}

/// Which files of a module declare what its names mean.
private struct Owners {
    private typealias Paths = Set<String>

    private var globals: [String: Paths] = [:]
    private var members: [String: [String: Paths]] = [:]

    init(_ files: [FolderGraph.File]) {
        for file in files {
            for name in file.names.types.union(file.names.globals) {
                globals[name, default: []].insert(file.path)
            }
            for (outer, names) in file.names.members {
                for name in names {
                    members[outer, default: [:]][name, default: []].insert(file.path)
                }
            }
        }
    }

    /// The files that `use` means; none where it means something of its own file, or of another
    /// module, or where that cannot be told.
    func files(
        of use: SwiftNames.Use, in file: FolderGraph.File, or unique: UniqueMembers
    ) -> Set<String> {
        if let qualifier = use.qualifier {
            return members[qualifier]?[use.name].flatMap(Self.only)
                ?? unique.files(of: use.name, in: file)
        }
        if file.names.own.contains(use.name) { return [] }
        let isType = use.name.first?.isUppercase == true
        let inner = isType ? members[use.outer]?[use.name].flatMap(Self.only) : nil
        return inner ?? globals[use.name].flatMap(Self.only) ?? []
    }

    /// Overloads stand in several files: which is meant cannot be told.
    private static func only(_ paths: Paths) -> Paths? { paths.count == 1 ? paths : nil }
}

/// Members whose names only one file of the product declares: behind a dot, such a name means
/// nothing else, unless it is known to be ambiguous.
private struct UniqueMembers {
    private var owners: [String: [FolderGraph.File]] = [:]
    /// Names that mean something else, too: types at the top level, behind the name of a module;
    /// what Swift's own types have; and what sources use that do not see the member.
    private var ambiguous: Set<String> = [
        "adding", "allSatisfy", "append", "appending", "compactMap", "contains", "control", "count",
        "description", "drop", "dropFirst", "dropLast", "elements", "enumerated", "failure",
        "filter", "first", "flatMap", "formUnion", "get", "hasPrefix", "hasSuffix", "index",
        "indices", "insert", "intersection", "isEmpty", "joined", "keys", "last", "lowercased",
        "map", "mapValues", "max", "min", "path", "payload", "pop", "prefix", "rawValue", "reduce",
        "remove", "removeAll", "replacing", "reversed", "sort", "sorted", "split", "starts",
        "subtracting", "success", "suffix", "trimming", "union", "uppercased", "utf8", "values",
        "zip",
    ]

    init(_ files: [FolderGraph.File]) {
        for file in files {
            let names = file.names.members.values.reduce(into: Set()) { $0.formUnion($1) }
            for name in names { owners[name, default: []].append(file) }
            ambiguous.formUnion(file.names.types)
        }
        for file in files {
            for use in file.names.uses where use.qualifier != nil {
                guard let owner = owners[use.name]?.first, owner.module != file.module,
                    !file.names.imports.contains(owner.module)
                else { continue }
                ambiguous.insert(use.name)
            }
        }
    }

    func files(of name: String, in file: FolderGraph.File) -> Set<String> {
        guard let owners = owners[name], owners.count == 1, owners[0].module == file.module,
            !file.names.own.contains(name), !ambiguous.contains(name)
        else { return [] }
        return [owners[0].path]
    }
}
