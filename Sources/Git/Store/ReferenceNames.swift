import Basics
import CGit2

/// Names of references that a repository can hold beside each other.
enum ReferenceNames {
    /// Why references cannot have these names; nil where they can.
    ///
    /// - Parameter others: the references that there are.
    static func fault(_ names: [String], beside others: [String]) -> String? {
        for name in names {
            var isValid: Int32 = 0
            guard name.hasPrefix("refs/"), !name.utf8.contains(0),
                git_reference_name_is_valid(&isValid, name) == 0, isValid == 1
            else { return "\(name.debugDescription) is no name of a reference" }
        }
        guard Set(names).count == names.count else { return "a reference is to be moved twice" }
        // A reference is a file, and so cannot be a folder with another one in it.
        let all = Set(names).union(others)
        for name in names {
            var folder = name[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                if all.contains(String(folder)) { return "\(name) cannot be beside \(folder)" }
            }
            if let inner = others.first(where: { $0.hasPrefix(name + "/") }) {
                return "\(name) cannot be beside \(inner)"
            }
        }
        return nil
    }
}
