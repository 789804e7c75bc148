import Schema

/// The file that defines a live view, trigger, routine, event or sequence.
struct ObjectFile {
    let name: ObjectName
    let text: String
    /// Why the text does not define the same object; nil where it does.
    let problem: String?

    /// - Parameters:
    ///   - predecessor: the trigger that it runs directly after.
    ///   - sqlMode: the mode in which files without one are read.
    init(_ definition: ObjectDefinition, behind predecessor: String?, sqlMode: String) {
        name = definition.name
        let settings = definition.settings(besides: sqlMode)
        let shown = predecessor.map(definition.createFollowing) ?? definition.create
        let create = definition.withoutUnparsableClause(shown)
        text = Self.text(create, settings)
        problem = Self.problem(text, create, definition.name, settings)
    }

    private static func text(_ create: String, _ settings: CreationSettings) -> String {
        let hint =
            (settings.sqlMode.map { "-- plumb: sql_mode '\($0)'\n" } ?? "")
            + (settings.timeZone.map { "-- plumb: time_zone '\($0)'\n" } ?? "")
        guard create.contains(";") else { return "\(hint)\(create);\n" }
        let delimiter = delimiter(unlike: create)
        return """
            DELIMITER \(delimiter)
            \(hint)\(create)
            \(delimiter)
            DELIMITER ;

            """
    }

    /// A delimiter that occurs nowhere in the text, not even in comments and strings: clients
    /// differ in where they look for it.
    private static func delimiter(unlike text: String) -> String {
        let usual = ["//", "$$", "//end//"]
        if let delimiter = usual.first(where: { !text.contains($0) }) { return delimiter }
        var number = 1
        while text.contains("//end\(number)//") { number += 1 }
        return "//end\(number)//"
    }

    /// Reads the text as the reader of schema folders would.
    private static func problem(
        _ text: String, _ create: String, _ name: ObjectName, _ settings: CreationSettings
    ) -> String? {
        do throws(SchemaError) {
            let statements = try SQLScript.statements(in: Array(text.utf8), file: "")
            guard statements.count == 1, let statement = statements.first,
                statement.kind.object == name, statement.settings == settings,
                statement.text == create, statement.database == nil
            else { return "no file can say its definition exactly" }
            return nil
        } catch {
            return "its definition cannot be read in a file: \(error.message)"
        }
    }
}

/// One definition for an object of several databases.
struct CommonDefinition {
    let definition: ObjectDefinition
    /// The parts in which the databases differ and that the definition leaves to the server.
    let leftOut: [String]

    /// Nil where the databases differ in more than a definition can leave to the server.
    ///
    /// The definer is left out too where it is `account`: whatever that account creates gets it
    /// anyway.
    init?(_ definitions: [ObjectDefinition], account: String) {
        let own = [account, account.replacing("`", with: "\"")]
        let all = definitions.map { definition in
            // With `ANSI_QUOTES` the definer is printed in double quotes.
            definition.definer.map(own.contains) == true
                ? definition.omitting(.definer) : definition
        }
        for choice in Self.choices {
            let reduced = Set(
                all.map { definition in
                    let order = choice.order ? [] : definition.predecessors
                    return definition.omitting(choice.omitted).running(after: order)
                })
            if reduced.count == 1, let first = reduced.first {
                definition = first
                leftOut = choice.words
                return
            }
        }
        return nil
    }

    /// What may be left out, the smallest part first.
    private struct Choice {
        let omitted: ObjectDefinition.OmittedClauses
        let order: Bool

        var words: [String] {
            (omitted.contains(.definer) ? ["DEFINER"] : []) + (order ? ["FOLLOWS"] : [])
                + (omitted.contains(.starts) ? ["STARTS"] : [])
                + (omitted.contains(.timeZone) ? ["time zone"] : [])
        }
    }

    private static let choices = [
        Choice(omitted: [], order: false), Choice(omitted: .starts, order: false),
        Choice(omitted: .timeZone, order: false), Choice(omitted: [], order: true),
        Choice(omitted: .definer, order: false), Choice(omitted: .definer, order: true),
        Choice(omitted: [.starts, .timeZone], order: false),
        Choice(omitted: [.starts, .definer], order: false),
        Choice(omitted: .everything, order: false),
    ]
}
