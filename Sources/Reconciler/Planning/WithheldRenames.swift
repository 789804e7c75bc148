import Diff
import Schema

/// Renames of tables that are not made on a class of shards, and the changes that wait for them.
struct WithheldRenames {
    private var hints: [TableRename]

    init(_ hints: [TableRename]) {
        self.hints = hints
    }

    mutating func add(_ hint: TableRename) { hints.append(hint) }

    /// Whether the table has the old or the new name of such a rename.
    func concerns(_ table: String) -> Bool {
        hints.contains { $0.from == table || $0.to == table }
    }

    /// Why a change that depends on a new name has to wait; nil where it need not.
    ///
    /// - Parameter live: the table as it is now, before any parent is renamed.
    func reason(for change: TableChange, live: Table?) -> String? {
        func parents(_ table: Table?) -> Set<String> {
            Set(
                (table?.foreignKeys ?? []).filter { $0.referencedSchema == nil }
                    .map(\.referencedTable))
        }
        let before = parents(live)
        let after = parents(change.to)
        return hints.first { hint in
            hint.to != change.table
                && (before.contains(hint.from)
                    || after.contains(hint.to) && !before.contains(hint.to))
        }.map(Self.reason)
    }

    /// The same for an object other than a table.
    func reason(for change: ObjectChange) -> String? {
        guard !hints.isEmpty else { return nil }
        let names = (change.to?.names ?? []).union(change.from?.names ?? [])
        return hints.first { names.contains($0.from) || names.contains($0.to) }.map(Self.reason)
    }

    private static func reason(_ hint: TableRename) -> String {
        "it waits for table `\(hint.from)` to become `\(hint.to)`, which is refused"
    }
}
