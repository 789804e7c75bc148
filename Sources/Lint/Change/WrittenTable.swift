import Desired
import Schema

/// A table of the schema repository in the form in which a server would print it, as far as that is
/// known without one.
///
/// What every server adds is added, and what depends on the server is noted: two texts that may
/// mean the same must not count as a change.
struct WrittenTable {
    /// A check, with the name in the file.
    struct Check: Hashable {
        var name: String?
        var expression: String
        var isEnforced: Bool
        var location: SourceLocation
    }

    /// A parent named beside a column: MariaDB makes a foreign key of it, MySQL before version 9
    /// does not.
    struct InlineParent: Hashable {
        var column: String
        var table: String
    }

    let desired: DesiredTable
    /// Without checks, engine and options, which are compared separately.
    private(set) var table: Table
    /// Columns that a setting of the server may make NOT NULL.
    private(set) var openNulls: Set<String> = []
    /// The checks among the attributes of a column, by the column's name.
    private(set) var columnChecks: [String: [Check]] = [:]
    private(set) var checks: [Check] = []
    private(set) var inlineParents: Set<InlineParent> = []
    /// Partitions whose values a server prints in another form.
    private(set) var computedPartitions: Set<String> = []
    /// The places of keys and foreign keys, by their names in ``table``.
    private(set) var keyPlaces: [String: SourceLocation] = [:]
    private(set) var foreignKeyPlaces: [String: SourceLocation] = [:]

    var options: SourceTable.Options { desired.source.options }

    /// - Parameters:
    ///   - characterSet: the database's default, for tables that name none.
    ///   - others: the tables of the same schema, by name in lower case.
    init(_ desired: DesiredTable, characterSet: String, among others: [String: DesiredTable]) {
        self.desired = desired
        table = Table(name: desired.name, columns: [])
        let source = desired.source
        let names = source.columnNames
        let sets = WrittenCharacterSets(source, default: characterSet)
        let required = source.requiredColumns
        for column in source.columns {
            let written = Self.column(column, sets, names, required)
            table.columns.append(written)
            if !written.isNotNull, !column.isExplicitlyNull, written.type.hasPrefix("timestamp"),
                written.generated == nil
            {
                openNulls.insert(column.name)
            }
            if let reference = column.reference {
                inlineParents.insert(
                    InlineParent(column: column.name, table: reference.table.lowercased()))
            }
            columnChecks[column.name] = column.checks.map { check in
                Check(
                    name: nil, expression: WrittenExpression.text(check.expression, columns: names),
                    isEnforced: check.isEnforced, location: column.location)
            }
        }
        readKeys(of: source, names)
        readForeignKeys(of: source, names, others)
        readRest(of: source, names)
    }

    // MARK: Columns

    private static func column(
        _ column: SourceTable.Column, _ sets: WrittenCharacterSets, _ names: [String: String],
        _ required: Set<String>
    ) -> Column {
        let set = sets.set(of: column)
        let type = WrittenType(column, characterSet: set.name)
        var written = Column(name: column.name, type: type.text)
        if WrittenType.isText(type.text) {
            written.characterSet = type.characterSet ?? set.name
            written.collation = type.characterSet == nil ? set.collation : nil
        }
        if let expression = column.expression {
            written.generated = Column.Generated(
                expression: WrittenExpression.text(expression, columns: names),
                kind: column.isStored ? .stored : .virtual)
        }
        written.isNotNull = required.contains(column.name.lowercased())
        written.isAutoIncrement = column.isAutoIncrement
        if let value = column.defaultValue {
            written.defaultValue = WrittenDefault.text(value.text)
        } else if !written.isNotNull, written.generated == nil {
            written.defaultValue = "NULL"
        }
        written.attributes = column.storage.sorted().map {
            ColumnAttribute(text: $0, place: .last)
        }
        return written
    }

    // MARK: Keys

    private mutating func readKeys(of source: SourceTable, _ names: [String: String]) {
        var taken: Set<String> = Set(source.keys.compactMap { $0.name?.lowercased() })
        var used: Set<String> = []
        for key in source.keys {
            var index = Index(kind: key.kind.kind, name: "", parts: [])
            for part in key.parts {
                if let expression = part.expression {
                    index.parts.append(
                        Index.Part(
                            key: .expression(WrittenExpression.text(expression, columns: names)),
                            isDescending: part.isDescending))
                } else if let name = names[part.text.lowercased()] {
                    index.parts.append(
                        Index.Part(
                            key: .column(name), length: length(of: part, name),
                            isDescending: part.isDescending))
                } else {
                    // MariaDB: the period of a key WITHOUT OVERLAPS.
                    index.withoutOverlaps = part.text
                }
            }
            if let parser = key.parser { index.options = ["WITH PARSER \(parser.lowercased())"] }
            if index.kind != .primary {
                index.name = key.name ?? Self.name(of: index, &taken)
            }
            // Of two keys with the same name, which no server accepts, the second is left out;
            // other rules report it.
            guard used.insert(index.kind == .primary ? "" : index.name.lowercased()).inserted
            else { continue }
            table.indexes.append(index)
            keyPlaces[index.name] = key.location
        }
    }

    /// Nil where the index covers the whole column.
    private func length(of part: SourceTable.Key.Part, _ column: String) -> Int? {
        guard let length = part.length else { return nil }
        let type = table.columns.first { $0.name == column }?.type ?? ""
        return WrittenType.length(of: type).map { length >= $0 } == true ? nil : length
    }

    /// The name that a server would choose: the first column's, with a number where it is taken.
    private static func name(of index: Index, _ taken: inout Set<String>) -> String {
        var base = "functional_index"
        if case .column(let name)? = index.parts.first?.key { base = name }
        var name = base
        var number = 1
        while !taken.insert(name.lowercased()).inserted {
            number += 1
            name = "\(base)_\(number)"
        }
        return name
    }

    // MARK: Foreign keys

    private mutating func readForeignKeys(
        of source: SourceTable, _ names: [String: String], _ others: [String: DesiredTable]
    ) {
        // Other engines parse foreign keys and ignore them.
        guard TableRules.isInnoDB(source) else { return }
        var used: Set<String> = []
        for (number, key) in source.foreignKeys.enumerated() {
            guard let parent = key.parent else { continue }
            let other =
                parent.database == nil
                ? others[parent.table] ?? others[parent.table.lowercased()] : nil
            let theirs = other?.source.columnNames ?? [:]
            let columns =
                key.parentColumns.isEmpty ? other?.source.primaryColumns ?? [] : key.parentColumns
            var name = key.name ?? "\(desired.name)_ibfk_\(number + 1)"
            while !used.insert(name.lowercased()).inserted { name += "_" }
            table.foreignKeys.append(
                ForeignKey(
                    name: name, columns: key.columns.map { names[$0.lowercased()] ?? $0 },
                    referencedSchema: parent.database,
                    referencedTable: other?.name ?? parent.table,
                    referencedColumns: columns.map { theirs[$0.lowercased()] ?? $0 },
                    onDelete: Self.action(key.onDelete), onUpdate: Self.action(key.onUpdate)))
            foreignKeyPlaces[name] = key.location
        }
    }

    /// Nil for RESTRICT and NO ACTION, which are what leaving the action out means.
    private static func action(_ written: String?) -> String? {
        written == "RESTRICT" || written == "NO ACTION" ? nil : written
    }

    // MARK: The rest

    private mutating func readRest(of source: SourceTable, _ names: [String: String]) {
        for definition in source.definitions {
            if let check = definition.check {
                checks.append(
                    Check(
                        name: definition.name,
                        expression: WrittenExpression.text(check.expression, columns: names),
                        isEnforced: check.isEnforced, location: definition.location))
            }
            if definition.kind == .period, definition.period.count == 2,
                let name = definition.name
            {
                let isSystem = name.uppercased() == Period.systemTime
                table.periods.append(
                    Period(
                        name: isSystem ? Period.systemTime : name,
                        start: names[definition.period[0].lowercased()] ?? definition.period[0],
                        end: names[definition.period[1].lowercased()] ?? definition.period[1]))
            }
        }
        table.isSystemVersioned = source.options.isSystemVersioned
        if let partitioning = source.options.partitioning {
            let written = WrittenPartitions(partitioning, columns: names)
            table.partitioning = written.partitioning
            computedPartitions = written.computed
        }
    }
}

extension SourceTable {
    /// The names of the columns as defined, by name in lower case.
    var columnNames: [String: String] {
        Dictionary(columns.map { ($0.name.lowercased(), $0.name) }) { first, _ in first }
    }

    var primaryColumns: [String] { keys.first { $0.kind == .primary }?.parts.map(\.text) ?? [] }

    /// The columns, in lower case, that are NOT NULL, explicitly or through the primary key or
    /// their kind.
    var requiredColumns: Set<String> {
        let written = columns.filter { column in
            column.isNotNull || column.isAutoIncrement
                || column.storage.contains { $0.hasPrefix("GENERATED ALWAYS AS ROW") }
        }
        return Set(
            (written.map(\.name) + primaryColumns + definitions.flatMap(\.period)).map {
                $0.lowercased()
            })
    }
}

extension SourceTable.Key.Kind {
    /// The kind of index as in the model of what servers print.
    var kind: Index.Kind {
        switch self {
        case .primary: .primary
        case .unique: .unique
        case .plain: .plain
        case .fulltext: .fulltext
        case .spatial: .spatial
        case .vector: .vector
        }
    }
}

/// The character sets and collations of a table's columns.
struct WrittenCharacterSets {
    struct Choice: Hashable {
        var name: String
        /// Nil for the character set's default collation, which depends on the server.
        var collation: String?
    }

    private let table: Choice

    init(_ source: SourceTable, default characterSet: String) {
        table =
            Self.choice(
                source.options.characterSet, source.options.collation, under: characterSet)
            ?? Choice(name: CharacterSets.canonical(characterSet))
    }

    func set(of column: SourceTable.Column) -> Choice {
        var set = Self.choice(column.characterSet, column.collation, under: table.name) ?? table
        if column.binary == .collation, column.collation == nil, set.name != "binary" {
            set.collation = "\(set.name)_bin"
        }
        return set
    }

    private static func choice(
        _ characterSet: SourceTable.Word?, _ collation: SourceTable.Word?, under parent: String
    ) -> Choice? {
        let set = word(characterSet).map(CharacterSets.canonical)
        guard let collation = word(collation) else { return set.map { Choice(name: $0) } }
        // MariaDB: names such as `uca1400_ai_ci` apply to every Unicode character set.
        if collation.hasPrefix("uca1400") {
            let name = set ?? CharacterSets.canonical(parent)
            return Choice(name: name, collation: "\(name)_\(collation)")
        }
        let full =
            collation.hasPrefix("utf8_") ? "utf8mb3_" + collation.dropFirst(5) : collation
        return Choice(name: CharacterSets.ofCollation(full), collation: full)
    }

    private static func word(_ word: SourceTable.Word?) -> String? {
        guard let text = word?.text.lowercased(), text != "default" else { return nil }
        return text
    }
}
