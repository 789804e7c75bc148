import Schema

/// Warns of names that mean one object on some servers and two on others, because some compare
/// the names of tables in lower case (`lower_case_table_names`).
struct LetterCase {
    let schema: DesiredSchema
    let diagnostics: DiagnosticList

    /// The name of a defined table, view or sequence, with its place.
    private struct Definition {
        let name: ObjectName
        let location: SourceLocation
    }

    /// A name that refers to a table, view or sequence.
    private struct Mention {
        let name: String
        let location: SourceLocation
        let subject: ObjectName
    }

    func check() {
        let definitions =
            schema.tables.map {
                Definition(name: ObjectName(.table, $0.name), location: $0.location)
            }
            + schema.objects.map { Definition(name: $0.name, location: $0.location) }
        let shared = definitions.filter { $0.name.kind.sharesTableNames }
        warnOfTwins(shared, "where lower_case_table_names is 1 or 2")
        warnOfTwins(
            definitions.filter { $0.name.kind == .trigger },
            "on MySQL, and where lower_case_table_names is 1 or 2")
        let names = Dictionary(shared.map { ($0.name.name, $0) }) { first, _ in first }
        let written = WrittenNames(names)
        for mention in mentions where names[mention.name] == nil {
            guard let meant = written[mention.name] else { continue }
            diagnostics.warning(
                .letterCase,
                "the \(mention.subject) names `\(mention.name)`, and the \(meant.name.kind.rawValue) at "
                    + "\(meant.location) is `\(meant.name.name)`: two names where "
                    + "lower_case_table_names is 0",
                remedy: "write `\(meant.name.name)`", at: mention.location)
        }
    }

    private func warnOfTwins(_ definitions: [Definition], _ servers: String) {
        let groups = Dictionary(grouping: definitions) { NameFolding.lowered($0.name.name) }
        for group in groups.values where group.count > 1 {
            let sorted = group.sorted { "\($0.location)" < "\($1.location)" }
            let isOverlaid = group.count { schema.overlaid.contains($0.name.encoded) } == 1
            for twin in sorted.dropFirst() {
                diagnostics.warning(
                    .letterCase,
                    "the \(twin.name) and the \(sorted[0].name) at \(sorted[0].location) have one "
                        + "name \(servers): "
                        + (isOverlaid ? "the overlay's counts there" : "shards there are refused"),
                    remedy: "give them names that differ by more than case, or the same name",
                    at: twin.location)
            }
        }
    }

    /// The names by which tables, views and triggers refer to others of their own database.
    private var mentions: [Mention] {
        let ofTables = schema.tables.flatMap { table in
            (table.source.references + [table.source.like].compactMap { $0 })
                .filter { $0.database == nil }
                .map {
                    Mention(
                        name: $0.table, location: $0.location,
                        subject: ObjectName(.table, table.name))
                }
        }
        let ofObjects = schema.objects.flatMap { object in
            (ObjectDefinition(text: object.text).flatMap(ObjectOutline.init)?.references ?? [])
                .map {
                    Mention(
                        name: $0.text, location: object.location(of: $0.offset),
                        subject: object.name)
                }
        }
        return ofTables + ofObjects
    }
}
