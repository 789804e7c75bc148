import Schema

/// Reads an `ALTER TABLE` that was made here back into its clauses.
///
/// What ``Alteration/sql(table:flavour:algorithm:lock:rebuilds:)`` writes has one form only, with
/// definitions as `SHOW CREATE TABLE` prints them; nothing else is read.
struct AlterationReader {
    let flavour: ServerProfile.Flavour
    /// The table that the statement is to lead to: its partitions are known by their texts.
    let target: Table

    /// Why the statements do not lead from a table to the target, as the end of a sentence; nil
    /// where they do.
    func fault(of statements: [String], from table: Table) -> String? {
        var current = table.inCurrentFormat
        for sql in statements {
            guard let alteration = alteration(in: sql) else {
                return "changes its table by a clause that no plan has"
            }
            guard let next = try? current.applying(alteration) else {
                return "does not apply to the table that the step begins with"
            }
            current = next
        }
        return current.isEquivalent(to: target) ? nil : "makes another table than the step says"
    }

    /// The clauses of the statement; nil where one of them is none that is made here.
    func alteration(in sql: String) -> Alteration? {
        var text = StatementPiece(sql)
        guard text.take("ALTER TABLE "), text.takeName() != nil, text.take(" ") else { return nil }
        var last: Clause?
        for clause in ends where text.takeLast(clause.sql(flavour: flavour)) {
            _ = text.takeLast(" ")
            last = clause
            break
        }
        var clauses: [Clause] = []
        for part in Self.parts(of: text) {
            guard let more = read(part) else { return nil }
            clauses += more
        }
        return Alteration(clauses: clauses + (last.map { [$0] } ?? []))
    }

    /// The clauses about all partitions, which stand at the end, behind no comma.
    private var ends: [Clause] {
        [.removePartitioning] + (target.partitioning.map { [.partitionBy($0)] } ?? [])
    }

    /// What stands between the commas, but for those of definitions. Lists of partitions without
    /// parentheses stand in statements of their own, which stay whole.
    private static func parts(of text: StatementPiece) -> [StatementPiece] {
        var rest = text
        while rest.takeModifier() || rest.take("FORCE") { _ = rest.take(", ") }
        let isList = ["DROP PARTITION ", "REORGANIZE PARTITION "].contains { rest.begins($0) }
        return isList ? [rest] : text.parts
    }

    private func read(_ text: StatementPiece) -> [Clause]? {
        var text = text
        while text.takeModifier() { _ = text.take(" ") }
        if text.isEmpty || text.isExactly("FORCE") { return [] }
        if text.take("ADD ") { return addition(text).map { [$0] } }
        if text.take("DROP ") { return removal(text).map { [$0] } }
        if text.take("ALTER ") { return setting(text).map { [$0] } }
        if text.take("MODIFY COLUMN ") { return change(of: nil, text).map { [$0] } }
        if text.take("CHANGE COLUMN ") {
            guard let old = text.takeName(), text.take(" ") else { return nil }
            return change(of: old, text).map { [$0] }
        }
        if text.take("RENAME ") { return renaming(text).map { [$0] } }
        if text.take("COALESCE PARTITION ") {
            return Int(text.string).map { [.coalescePartitions($0)] }
        }
        if text.take("REORGANIZE PARTITION ") { return reorganization(text).map { [$0] } }
        return options(text)
    }

    // MARK: Columns

    private func change(of old: String?, _ text: StatementPiece) -> Clause? {
        guard let (column, position) = column(text) else { return nil }
        var before = column
        before.name = old ?? column.name
        return .changeColumn(from: before, to: column, position: position)
    }

    private func column(_ text: StatementPiece) -> (Column, ColumnPosition?)? {
        var (text, position): (StatementPiece, ColumnPosition?) = (text, nil)
        if text.takeLast(" FIRST") {
            position = .first
        } else if let name = text.takeLastName(behind: " AFTER ") {
            position = .after(name)
        }
        guard let table = definitions(text), table.columns.count == 1, table.hasOnlyColumns
        else { return nil }
        return (table.columns[0], position)
    }

    /// A table whose only line is `text`.
    private func definitions(_ text: StatementPiece) -> Table? {
        try? TableParser.parse("CREATE TABLE `t` (\n  \(text.string)\n)", flavour: flavour)
    }

    // MARK: The other clauses

    private func addition(_ text: StatementPiece) -> Clause? {
        var text = text
        if text.take("COLUMN ") {
            return column(text).map { .addColumn($0.0, position: $0.1) }
        }
        if text.isExactly("SYSTEM VERSIONING") { return .addSystemVersioning }
        if text.take("PARTITION PARTITIONS ") {
            return Int(text.string).map { .growPartitions($0) }
        }
        if text.take("PARTITION ") { return partitions(text).map { .addPartitions($0) } }
        guard let table = definitions(text), table.columns.isEmpty else { return nil }
        let clauses =
            table.indexes.map { Clause.addIndex($0) }
            + table.foreignKeys.map { .addForeignKey($0) } + table.checks.map { .addCheck($0) }
            + table.periods.map { .addPeriod($0) }
        return clauses.count == 1 ? clauses[0] : nil
    }

    private func removal(_ text: StatementPiece) -> Clause? {
        var text = text
        if text.isExactly("PRIMARY KEY") {
            return .dropIndex(Index(kind: .primary, name: "", parts: []))
        }
        if text.isExactly("SYSTEM VERSIONING") { return .dropSystemVersioning }
        if text.take("PARTITION ") { return names(text).map { .dropPartitions($0) } }
        if text.isExactly("PERIOD FOR SYSTEM_TIME") {
            return .dropPeriod(Period(name: Period.systemTime, start: "", end: ""))
        }
        let makers: [(String, (String) -> Clause)] = [
            ("COLUMN ", { .dropColumn(Column(name: $0, type: "")) }),
            ("INDEX ", { .dropIndex(Index(kind: .plain, name: $0, parts: [])) }),
            (
                "FOREIGN KEY ",
                {
                    .dropForeignKey(
                        ForeignKey(
                            name: $0, columns: [], referencedSchema: nil, referencedTable: "",
                            referencedColumns: []))
                }
            ),
            ("CONSTRAINT ", { .dropCheck(Check(name: $0, expression: "")) }),
            ("CHECK ", { .dropCheck(Check(name: $0, expression: "")) }),
            ("PERIOD FOR ", { .dropPeriod(Period(name: $0, start: "", end: "")) }),
        ]
        for (word, make) in makers where text.take(word) {
            guard let name = text.takeName(), text.isEmpty else { return nil }
            return make(name)
        }
        return nil
    }

    private func setting(_ text: StatementPiece) -> Clause? {
        var text = text
        let isIndex = text.take("INDEX ")
        guard isIndex || text.take("CHECK "), let name = text.takeName() else { return nil }
        return switch text.string {
        case " IGNORED", " INVISIBLE": isIndex ? .setIndexIgnored(name: name, true) : nil
        case " NOT IGNORED", " VISIBLE": isIndex ? .setIndexIgnored(name: name, false) : nil
        case " ENFORCED": isIndex ? nil : .setCheckEnforced(name: name, true)
        case " NOT ENFORCED": isIndex ? nil : .setCheckEnforced(name: name, false)
        default: nil
        }
    }

    private func renaming(_ text: StatementPiece) -> Clause? {
        var text = text
        if text.take("TO ") {
            guard let name = text.takeName(), text.isEmpty else { return nil }
            return .renameTable(to: name)
        }
        guard text.take("INDEX "), let old = text.takeName(), text.take(" TO "),
            let new = text.takeName(), text.isEmpty
        else { return nil }
        return .renameIndex(from: old, to: new)
    }

    private func options(_ text: StatementPiece) -> [Clause]? {
        var text = text
        var clauses: [Clause] = []
        if text.take("DEFAULT CHARACTER SET=") {
            let name = text.takeWord()
            let collation = text.take(" COLLATE=") ? text.takeWord() : nil
            clauses.append(.setDefaultCharacterSet(name, collation: collation))
            _ = text.take(" ")
        }
        if text.isEmpty { return clauses.isEmpty ? nil : clauses }
        guard
            let table = try? TableParser.parse(
                "CREATE TABLE `t` (\n  `a` int\n) \(text.string)", flavour: flavour),
            table.partitioning == nil, !table.isSystemVersioned, table.autoIncrement == nil
        else { return nil }
        return clauses
            + table.options.map { option in
                let isReset =
                    option.value == OptionDefault.text(forKey: option.key)
                    && target.option(option.key) == nil
                return isReset ? .dropOption(option) : .setOption(option)
            }
    }

    // MARK: Partitions

    private func names(_ text: StatementPiece) -> [String]? {
        var text = text
        var names: [String] = []
        repeat {
            guard let name = text.takeName() else { return nil }
            names.append(name)
        } while text.take(", ")
        return text.isEmpty ? names : nil
    }

    private func reorganization(_ text: StatementPiece) -> Clause? {
        var text = text
        var old: [String] = []
        repeat {
            guard let name = text.takeName() else { return nil }
            old.append(name)
        } while text.take(", ")
        guard text.take(" INTO "), let new = partitions(text) else { return nil }
        return .reorganizePartitions(old, into: new)
    }

    /// Partitions of the target, between parentheses.
    private func partitions(_ text: StatementPiece) -> [Partitioning.Partition]? {
        var text = text
        guard text.take("("), text.takeLast(")"), let all = target.partitioning?.partitions else {
            return nil
        }
        var found: [Partitioning.Partition] = []
        for part in text.parts {
            let own = all.first {
                part.isExactly(ExpressionText.onOneLine($0.definition(flavour: flavour)))
            }
            guard let own else { return nil }
            found.append(own)
        }
        return found
    }
}

extension Table {
    fileprivate var hasOnlyColumns: Bool {
        indexes.isEmpty && foreignKeys.isEmpty && checks.isEmpty && periods.isEmpty
    }
}
