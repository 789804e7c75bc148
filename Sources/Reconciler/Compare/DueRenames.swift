import Diff
import Schema

/// Which hints for renamed tables apply to a class of shards.
///
/// A hint is due where its old name is live and its new one is not. Where the old name is gone it
/// does nothing: the shard has the new name already, or never had the table.
package struct DueRenames: Hashable, Sendable {
    /// The hints that are due, by the encoded old name.
    package private(set) var due: [String: TableRename] = [:]
    /// The hints that cannot be followed on these shards, with the reason.
    package private(set) var blocked: [Blocked] = []
    /// By the encoded new name of each hint that is due the key of ``due``.
    private var oldNames: [String: String] = [:]
    /// By new name why the first hint for it is blocked.
    private var reasons: [String: String] = [:]

    /// A hint that cannot be followed, with the reason.
    package struct Blocked: Hashable, Sendable {
        package let hint: TableRename
        package let reason: String
    }

    /// - Parameters:
    ///   - desired: the encoded names in git.
    ///   - live: the encoded names on the shard.
    init(_ hints: [TableRename], desired: some Collection<String>, live: some Collection<String>) {
        guard !hints.isEmpty else { return }
        let desired = Set(desired)
        let live = Set(live)
        let wanted = EncodedNames(desired)
        let gone = EncodedNames(live.subtracting(desired))
        for hint in hints {
            guard let new = wanted.name(hint.to), let old = gone.name(hint.from), old != new
            else { continue }
            let found = TableRename(from: decoded(old), to: decoded(new))
            if live.contains(new) {
                // A name in other letter case is another table here, which the hint does not mean.
                guard found.from == hint.from else { continue }
                block(
                    found,
                    "the hint renames table `\(found.from)` to `\(found.to)`, and both are "
                        + "live: drop or rename one of them on these shards by hand")
            } else if let key = oldNames[new], let other = due.removeValue(forKey: key) {
                oldNames[new] = nil
                let names = [other.from, found.from].sorted()
                for hint in [other, found] {
                    block(
                        hint,
                        "hints rename both `\(names[0])` and `\(names[1])` to "
                            + "`\(found.to)`, and both are live: drop one of them on these shards "
                            + "by hand")
                }
            } else if let reason = reasons[found.to] {
                block(found, reason)
            } else {
                due[old] = found
                oldNames[new] = old
            }
        }
    }

    private func decoded(_ encoded: String) -> String { ObjectName(encoded: encoded).name }

    private mutating func block(_ hint: TableRename, _ reason: String) {
        blocked.append(Blocked(hint: hint, reason: reason))
        if reasons[hint.to] == nil { reasons[hint.to] = reason }
    }

    /// The encoded live name of the table that a due hint renames to `encoded`; nil where none
    /// does.
    func oldName(of encoded: String) -> String? {
        oldNames[encoded]
    }

    /// Live name → desired name, for the hints that are due.
    var names: [String: String] {
        Dictionary(due.values.map { ($0.from, $0.to) }) { first, _ in first }
    }
}

/// Names that can be found in any letter case.
private struct EncodedNames {
    private let names: Set<String>
    /// In lower case → the first of the names that differ in letter case only.
    private let folded: [String: String]

    init(_ names: Set<String>) {
        self.names = names
        folded = Dictionary(names.map { (NameFolding.lowered($0), $0) }, uniquingKeysWith: min)
    }

    /// The encoded name that means `name`: an exact match, else one that differs in letter case
    /// only. A hint that was ignored for its letter case would create an empty table beside the old
    /// one.
    func name(_ name: String) -> String? {
        let wanted = ObjectName(.table, name).encoded
        return names.contains(wanted) ? wanted : folded[NameFolding.lowered(wanted)]
    }
}
