/// What nobody uses.
struct UnusedSources {
    /// Each file that declares nothing that another one uses, and each type that none uses.
    static func faults(_ files: [FolderGraph.File]) -> [(path: String, fault: String)] {
        var users: [String: Int] = [:]
        let used = files.map { file in Set(file.names.uses.map(\.name)) }
        for names in used {
            for name in names { users[name, default: 0] += 1 }
        }
        return zip(files, used).flatMap { file, used -> [(path: String, fault: String)] in
            guard !file.names.isEntry else { return [] }
            let isUsed = file.names.declared.contains { name in
                users[name, default: 0] > (used.contains(name) ? 1 : 0)
            }
            guard isUsed else { return [(file.path, "no other file uses what it declares")] }
            return file.names.types.filter { users[$0] == nil }.sorted()
                .map { (file.path, "nothing uses `\($0)`") }
        }
    }
}
