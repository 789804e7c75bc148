import Diff
import Schema

/// Two states of one table, with every difference removed that may have no effect.
///
/// The older state takes over what only a server could decide, such as defaults and chosen names.
/// Whatever still differs does so on every server.
struct Alignment {
    private(set) var from: Table
    private(set) var to: Table
    /// The places of the checks of ``to``, by their names there.
    private(set) var checkPlaces: [String: SourceLocation] = [:]

    private let old: WrittenTable
    private let new: WrittenTable
    private let renames: Names

    /// Old names and the new ones.
    struct Names {
        /// Of tables, as defined.
        var tables: [String: String] = [:]
        /// Of columns, by the old name of their table.
        var columns: [String: [String: String]] = [:]
    }

    init(from old: WrittenTable, to new: WrittenTable, renames: Names) {
        self.old = old
        self.new = new
        self.renames = renames
        from = old.table
        to = new.table
        alignColumns()
        alignIndexes()
        alignForeignKeys()
        alignChecks()
        alignOptions()
        alignPartitions()
    }

    private var columnRenames: [String: String] { renames.columns[old.table.name] ?? [:] }

    private func newName(_ column: String) -> String {
        if let name = columnRenames[column] { return name }
        let wanted = column.lowercased()
        return new.table.columns.first { $0.name.lowercased() == wanted }?.name ?? column
    }

    // MARK: Columns

    private mutating func alignColumns() {
        for (place, column) in from.columns.enumerated() {
            guard let other = to.columns.first(where: { $0.name == newName(column.name) }) else {
                continue
            }
            var aligned = column
            // A change of the default is safe in any case.
            aligned.defaultValue = other.defaultValue
            if old.openNulls.contains(column.name) || new.openNulls.contains(other.name) {
                aligned.isNotNull = other.isNotNull
            }
            // MariaDB stores JSON as LONGTEXT with a check.
            if Set([column.type, other.type]) == ["json", "longtext"] {
                aligned.type = other.type
                aligned.characterSet = other.characterSet
                aligned.collation = other.collation
            }
            // The default collation of a character set depends on the server.
            if aligned.characterSet == other.characterSet,
                aligned.collation == nil || other.collation == nil
            {
                aligned.collation = other.collation
            }
            if let mine = column.generated, let theirs = other.generated, mine.kind == theirs.kind,
                mayMeanTheSame(mine.expression, theirs.expression)
            {
                aligned.generated?.expression = oldNames(in: theirs.expression)
            }
            from.columns[place] = aligned
        }
    }

    /// Whether an old and a new expression may mean the same.
    private func mayMeanTheSame(_ mine: String, _ theirs: String) -> Bool {
        WrittenExpression.loose(mine) == WrittenExpression.loose(oldNames(in: theirs))
    }

    /// A new expression with the old names of columns.
    private func oldNames(in text: String) -> String {
        from.columns.reduce(text) { text, column in
            let name = newName(column.name)
            guard name != column.name else { return text }
            return text.replacing(SQL.identifier(name), with: SQL.identifier(column.name))
        }
    }

    // MARK: Keys

    /// What defines an index, except its name.
    private func content(_ index: Index, _ name: (String) -> String) -> [String] {
        let parts = index.parts.map { part in
            let key =
                switch part.key {
                case .column(let column): name(column).lowercased()
                case .expression(let text): WrittenExpression.loose(text)
                }
            return "\(key) \(part.length ?? 0) \(part.isDescending)"
        }
        return [index.kind.rawValue, index.withoutOverlaps ?? ""] + index.options + parts
    }

    private mutating func alignIndexes() {
        let former = from.indexes.map { index in content(index) { newName($0) } }
        let wanted = to.indexes.map { index in content(index) { $0 } }
        let names = pair(
            zip(from.indexes, former).map { ($0.name, $1) },
            zip(to.indexes, wanted).map { ($0.name, $1) })
        for (place, name) in names.enumerated() {
            from.indexes[place].name = name
            let twin = to.indexes.indices.first {
                to.indexes[$0].name == name && wanted[$0] == former[place]
            }
            if let twin { adoptExpressions(of: to.indexes[twin], at: place) }
        }
    }

    private mutating func adoptExpressions(of twin: Index, at place: Int) {
        for (part, other) in zip(from.indexes[place].parts.indices, twin.parts) {
            if case .expression(let text) = other.key {
                from.indexes[place].parts[part].key = .expression(oldNames(in: text))
            }
        }
    }

    /// A name for each old key: that of the new key with the same content, where there is one, and
    /// never one that a new key with other content has.
    private func pair(
        _ old: [(name: String, content: [String])], _ new: [(name: String, content: [String])]
    ) -> [String] {
        var free = new
        var names: [String?] = Array(repeating: nil, count: old.count)
        // Keys that keep their name are matched first.
        for keepsName in [true, false] {
            for (place, key) in old.enumerated() where names[place] == nil {
                let twin = free.firstIndex { other in
                    other.content == key.content
                        && (!keepsName || other.name.lowercased() == key.name.lowercased())
                }
                if let twin { names[place] = free.remove(at: twin).name }
            }
        }
        var taken = Set(names.compactMap { $0?.lowercased() })
        return zip(old, names).map { key, name in
            if let name { return name }
            var own = key.name
            while !taken.insert(own.lowercased()).inserted { own += "_" }
            return own
        }
    }

    private mutating func alignForeignKeys() {
        let mine = from.foreignKeys.map { key in
            (
                key.name,
                content(key, renames.tables) {
                    newName($0)
                } theirs: { name in
                    renames.columns[key.referencedTable]?[name] ?? name
                }
            )
        }
        let theirs = to.foreignKeys.map { key in
            (
                key.name,
                content(key, [:]) {
                    $0
                } theirs: {
                    $0
                }
            )
        }
        for (place, name) in pair(mine, theirs).enumerated() {
            from.foreignKeys[place].name = name
        }
        // Some servers already make a foreign key of a parent named beside its column.
        let kept = Set(from.foreignKeys.map(\.name))
        let written = to.foreignKeys
        to.foreignKeys = written.filter { key in
            kept.contains(key.name) || key.columns.count != 1
                || !old.inlineParents.contains { parent in
                    newName(parent.column) == key.columns[0]
                        && parent.table == key.referencedTable.lowercased()
                }
        }
    }

    private func content(
        _ key: ForeignKey, _ tables: [String: String], own: (String) -> String,
        theirs: (String) -> String
    ) -> [String] {
        let table = tables[key.referencedTable] ?? key.referencedTable
        return [key.referencedSchema ?? "", table, key.onDelete ?? "", key.onUpdate ?? ""]
            + key.columns.map { own($0).lowercased() } + ["→"]
            + key.referencedColumns.map { theirs($0).lowercased() }
    }
}

// MARK: Conditions

extension Alignment {
    /// Checks of columns that both states have are compared with those of the table, as servers
    /// differ in where they keep them. The check of a new column stays with the column, since its
    /// default may satisfy it in every row.
    private mutating func alignChecks() {
        let kept = Set(from.columns.map { newName($0.name) })
        var mine = old.checks
        for column in from.columns
        where to.columns.contains(where: { $0.name == newName(column.name) }) {
            mine += old.columnChecks[column.name] ?? []
        }
        // MariaDB adds this check to a JSON column, which is LONGTEXT.
        for column in old.table.columns where column.type == "json" {
            mine.append(
                WrittenTable.Check(
                    expression: "json_valid(\(SQL.identifier(column.name)))", isEnforced: true,
                    location: old.desired.location))
        }
        var theirs = new.checks
        for (place, column) in to.columns.enumerated() {
            let own = new.columnChecks[column.name] ?? []
            if kept.contains(column.name) {
                theirs += own
            } else if let first = own.first {
                to.columns[place].check = first.expression
                theirs += own.dropFirst()
            }
        }
        var taken: Set<String> = []
        for check in theirs {
            var name = check.name ?? "CHECK \(check.expression)"
            while !taken.insert(name.lowercased()).inserted { name += "_" }
            checkPlaces[name] = check.location
            to.checks.append(
                Check(name: name, expression: check.expression, isEnforced: check.isEnforced))
            let twin = mine.firstIndex { mayMeanTheSame($0.expression, check.expression) }
            if let twin {
                from.checks.append(
                    Check(
                        name: name, expression: oldNames(in: check.expression),
                        isEnforced: mine.remove(at: twin).isEnforced))
            }
        }
        for check in mine {
            var name = check.name ?? "CHECK \(check.expression)"
            while from.checks.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                name += "_"
            }
            from.checks.append(
                Check(name: name, expression: check.expression, isEnforced: check.isEnforced))
        }
    }
}

// MARK: Options and partitions

extension Alignment {
    private mutating func alignOptions() {
        if let mine = old.options.engine?.text, let theirs = new.options.engine?.text,
            mine.lowercased() != theirs.lowercased()
        {
            from.options.append(TableOption(key: "ENGINE", value: mine))
            to.options.append(TableOption(key: "ENGINE", value: theirs))
        }
        let keys = Set(old.options.storage.keys).union(new.options.storage.keys)
        for key in keys.sorted() {
            let mine = old.options.storage[key]
            let theirs = new.options.storage[key]
            // What a server uses where these are left out depends on its settings.
            let hasSetting = key != "ROW_FORMAT" && key != "KEY_BLOCK_SIZE"
            if hasSetting, mine == nil || theirs == nil { continue }
            if let mine { from.options.append(TableOption(key: key, value: mine)) }
            if let theirs { to.options.append(TableOption(key: key, value: theirs)) }
        }
    }

    private mutating func alignPartitions() {
        guard var mine = from.partitioning, let theirs = to.partitioning else { return }
        let isByTime = [mine, theirs].allSatisfy { $0.method.hasPrefix("SYSTEM_TIME") }
        if isByTime {
            // The server itself sets when the history began.
            from.partitioning = theirs
            return
        }
        if mayMeanTheSame(mine.method, theirs.method) { mine.method = oldNames(in: theirs.method) }
        if let parts = mine.subpartitioning, let others = theirs.subpartitioning,
            mayMeanTheSame(parts, others)
        {
            mine.subpartitioning = oldNames(in: others)
        }
        for (place, partition) in mine.partitions.enumerated() {
            let twin = theirs.partitions.first {
                $0.name.lowercased() == partition.name.lowercased()
            }
            guard let twin else { continue }
            mine.partitions[place].name = twin.name
            let isComputed =
                old.computedPartitions.contains(partition.name)
                || new.computedPartitions.contains(twin.name)
            if isComputed { mine.partitions[place].values = twin.values }
        }
        from.partitioning = mine
    }
}
