/// The rules for shards' names, which are parts of paths, globs and lists.
enum ShardName {
    /// What is wrong with `name`, as the end of a sentence.
    static func fault(_ name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name == "." || name == ".." { return "is a path" }
        if name.utf8.count > 128 { return "is longer than 128 bytes" }
        let refused = name.unicodeScalars.first {
            $0.value < 0x21 || $0.value == 0x7F || "/\\*?{},\"'`".unicodeScalars.contains($0)
                || $0.properties.isWhitespace
        }
        guard let refused else { return nil }
        return refused.properties.isWhitespace || refused.value < 0x21
            ? "has a space or a control character" : "has the character `\(refused)`"
    }
}

/// The rules for the names of shards' databases.
package enum DatabaseName {
    private static let system: Set<String> = [
        "mysql", "information_schema", "performance_schema", "sys",
    ]

    static func isSystem(_ name: String) -> Bool { system.contains(name.lowercased()) }

    /// What is wrong with `name`, as the end of a sentence.
    package static func fault(_ name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.unicodeScalars.count > 64 { return "is longer than 64 characters" }
        if name.hasSuffix(" ") { return "ends with a space" }
        if isSystem(name) { return "is one of the server's own schemas" }
        return nil
    }
}
