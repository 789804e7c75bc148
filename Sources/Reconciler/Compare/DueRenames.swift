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
        for hint in hints {
            guard let new = Self.name(hint.to, among: desired),
                let old = Self.name(hint.from, among: live.subtracting(desired)), old != new
            else { continue }
            let found = TableRename(from: decoded(old), to: decoded(new))
            if live.contains(new) {
                // A name in other letter case is another table here, which the hint does not mean.
                guard found.from == hint.from else { continue }
                block(
                    found,
                    "the hint renames table `\(found.from)` to `\(found.to)`, and both are "
                        + "live: drop or rename one of them on these shards by hand")
            } else if let other = due.first(where: { $0.value.to == found.to }) {
                due[other.key] = nil
                let names = [other.value.from, found.from].sorted()
                for hint in [other.value, found] {
                    block(
                        hint,
                        "hints rename both `\(names[0])` and `\(names[1])` to "
                            + "`\(found.to)`, and both are live: drop one of them on these shards "
                            + "by hand")
                }
            } else if blocked.contains(where: { $0.hint.to == found.to }) {
                block(found, blocked.first { $0.hint.to == found.to }?.reason ?? "")
            } else {
                due[old] = found
            }
        }
    }

    private func decoded(_ encoded: String) -> String { ObjectName(encoded: encoded).name }

    private mutating func block(_ hint: TableRename, _ reason: String) {
        blocked.append(Blocked(hint: hint, reason: reason))
    }

    /// The encoded name that means `name`: an exact match, else one that differs in letter case
    /// only. A hint that was ignored for its letter case would create an empty table beside the old
    /// one.
    private static func name(_ name: String, among encoded: Set<String>) -> String? {
        let wanted = ObjectName(.table, name).encoded
        if encoded.contains(wanted) { return wanted }
        let folded = NameFolding.lowered(wanted)
        return encoded.filter { NameFolding.lowered($0) == folded }.min()
    }

    /// The encoded live name of the table that a due hint renames to `encoded`; nil where none
    /// does.
    func oldName(of encoded: String) -> String? {
        due.first { ObjectName(.table, $0.value.to).encoded == encoded }?.key
    }

    /// Live name → desired name, for the hints that are due.
    var names: [String: String] {
        Dictionary(due.values.map { ($0.from, $0.to) }) { first, _ in first }
    }
}
