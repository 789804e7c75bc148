/// Which names references can have beside each other; the rules of `git check-ref-format`.
package enum ReferenceRules {
    /// Why references cannot have these names; nil where they can.
    package static func fault(_ names: [String], beside others: some Collection<String>) -> String?
    {
        if let name = names.first(where: { !isName($0) }) {
            return "\(name.debugDescription) is no name of a reference"
        }
        guard Set(names).count == names.count else { return "a reference is to be moved twice" }
        let all = Set(names).union(others)
        for name in names {
            if let other = all.first(where: {
                name.hasPrefix($0 + "/") || $0.hasPrefix(name + "/")
            }) {
                return "\(name) cannot be beside \(other)"
            }
        }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0] == "refs", !name.contains(".."), !name.contains("@{"),
            !name.hasSuffix(".")
        else { return false }
        let isClean = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte != 0x7f && !"~^:?*[\\".utf8.contains(byte)
        }
        return isClean
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
    }
}
