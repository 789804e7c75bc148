/// A statement of a hand-written SQL file.
package struct SourceStatement: Hashable, Sendable {
    /// What a statement does, and to what.
    package enum Kind: Hashable, Sendable {
        case createTable(name: String)
        case createView(name: String)
        case createTrigger(name: String)
        case createProcedure(name: String)
        case createFunction(name: String)
        case createEvent(name: String)
        case createSequence(name: String)
        case createIndex(table: String)
        case alterTable(name: String)
        /// Any other statement, by its first words in capitals: `INSERT INTO`, `SET NAMES`.
        case other(firstWords: String)

        /// The view, trigger, routine, event or sequence that is created, if one is.
        package var object: ObjectName? {
            switch self {
            case .createView(let name): ObjectName(.view, name)
            case .createTrigger(let name): ObjectName(.trigger, name)
            case .createProcedure(let name): ObjectName(.procedure, name)
            case .createFunction(let name): ObjectName(.function, name)
            case .createEvent(let name): ObjectName(.event, name)
            case .createSequence(let name): ObjectName(.sequence, name)
            case .createTable, .createIndex, .alterTable, .other: nil
            }
        }
    }

    package var kind: Kind
    /// The statement without its terminator and without the comments before and behind it.
    package var text: String
    /// The place of its first token.
    package var location: SourceLocation
    /// The place of the name of the object that it creates or alters.
    package var nameLocation: SourceLocation?
    /// The database before the object's name, where one is written.
    package var database: String?
    /// The comments between the previous statement and this one, with their marks.
    package var leadingComments: [String]
    package var isIfNotExists: Bool
    package var isOrReplace: Bool
    package var isTemporary: Bool
    /// What a `CREATE TABLE` defines; nil for other statements.
    package var table: SourceTable?
    /// The rename hints above and within the statement.
    package var hints: [SourceRename]
    /// The settings that hints above a trigger, routine or event ask for.
    package var settings = CreationSettings()

    package init(
        kind: Kind, text: String, location: SourceLocation, nameLocation: SourceLocation? = nil,
        database: String? = nil, leadingComments: [String] = [], isIfNotExists: Bool = false,
        isOrReplace: Bool = false, isTemporary: Bool = false, table: SourceTable? = nil,
        hints: [SourceRename] = []
    ) {
        self.kind = kind
        self.text = text
        self.location = location
        self.nameLocation = nameLocation
        self.database = database
        self.leadingComments = leadingComments
        self.isIfNotExists = isIfNotExists
        self.isOrReplace = isOrReplace
        self.isTemporary = isTemporary
        self.table = table
        self.hints = hints
    }
}

/// A rename hint: `-- plumb: renamed from old`, above a table or beside a column.
package struct SourceRename: Hashable, Sendable {
    /// What was renamed, with its old name.
    package enum Subject: Hashable, Sendable {
        case table(from: String)
        case column(from: String, to: String)
    }

    /// The table's current name.
    package var table: String
    package var subject: Subject
    /// The place of the comment.
    package var location: SourceLocation

    package init(table: String, subject: Subject, location: SourceLocation) {
        self.table = table
        self.subject = subject
        self.location = location
    }
}
