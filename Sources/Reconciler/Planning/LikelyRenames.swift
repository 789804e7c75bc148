import Diff
import Schema

/// Finds tables that were probably renamed, where no hint says so.
struct LikelyRenames {
    /// By the table that goes.
    private let gone: [String: TableRename]
    /// By the new table, where the old one stays.
    private let made: [String: TableRename]

    init(
        live: [String: Table], desired: [String: Table], droppable: Set<String>,
        renames: [TableRename]
    ) {
        let known = Set(renames.flatMap { [$0.from, $0.to] })
        let hints = SchemaDiff.likelyRenames(
            from: live.filter { !known.contains($0.key) },
            to: desired.filter { !known.contains($0.key) })
        gone = Dictionary(hints.map { ($0.from, $0) }) { first, _ in first }
        made = Dictionary(
            hints.filter { !droppable.contains($0.from) }.map { ($0.to, $0) }
        ) { first, _ in first }
    }

    /// The suggestion for the step that drops the old table, or for the step that creates the new
    /// one where the old one stays.
    func suggestion(for change: TableChange) -> String? {
        let hint: TableRename? =
            switch change.kind {
            case .drop: gone[change.table]
            case .create: made[change.table]
            case .alter: nil
            }
        return hint.map { hint in
            "if `\(hint.to)` is `\(hint.from)` under another name, say so in plumb.yaml, and its "
                + "rows are kept: renames: [{table: {from: \(Self.yaml(hint.from)), "
                + "to: \(Self.yaml(hint.to))}}]"
        }
    }

    /// The name as a YAML string.
    private static func yaml(_ name: String) -> String {
        let isPlain =
            name.utf8.first.map { !(0x30...0x39).contains($0) } == true
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
            }
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        guard !isPlain || words.contains(name.lowercased()) else { return name }
        let escaped = name.map { sign in
            sign == "\\" || sign == "\"" ? "\\\(sign)" : String(sign)
        }
        return "\"\(escaped.joined())\""
    }
}
