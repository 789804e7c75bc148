/// What a source imports that it may not.
struct ImportRules {
    let modules: [Module]

    /// One line for each fault of the file.
    func faults(path: String, imports: [String]) -> [String] {
        let own = FolderGraph.module(of: path)
        guard let place = modules.firstIndex(where: { $0.name == own }) else {
            return ["\(path): `\(own)` is not in the table of modules"]
        }
        return imports.compactMap { name in
            let owners = modules.filter { $0.libraries.contains(name) }.map(\.name)
            if !owners.isEmpty {
                return owners.contains(own)
                    ? nil
                    : "\(path) imports \(name), which \(owners.joined(separator: ", ")) owns"
            }
            guard let other = modules.firstIndex(where: { $0.name == name }) else {
                return name.isLibrary ? "\(path) imports \(name), which nobody owns" : nil
            }
            guard other < place else { return "\(path) imports \(name), which stands after it" }
            guard let known = modules[place].knows(path), !modules[other].isPure,
                !known.contains(name)
            else { return nil }
            return "\(path) is pure and imports \(name), which is not"
        }
    }
}

extension ImportRules {
    /// One line for each pure folder that uses another of its module that is not.
    func faults(_ graph: FolderGraph) -> [String] {
        graph.edges.sorted().compactMap { edge in
            guard
                let module = modules.first(where: { $0.name == FolderGraph.module(of: edge.from) }),
                !module.isPure, let known = module.knows(edge.from), module.knows(edge.to) == nil,
                !known.contains(where: { edge.to.hasPrefix("Sources/\($0)/") })
            else { return nil }
            return "\(edge.from) is pure and uses \(edge.name) of \(edge.to), which is not"
        }
    }
}

extension String {
    /// `CYAML`: a module that stands for a C library.
    fileprivate var isLibrary: Bool {
        hasPrefix("C") && dropFirst().first?.isUppercase == true && self != "CRT"
    }
}
