import Schema

extension Table {
    /// The table after `alteration`, as a server would print it but for what ``canonical`` evens
    /// out.
    ///
    /// Throws `doesNotApply` where a server would refuse the statement for its names: a column,
    /// index or constraint that is not there, is there twice or is still in use.
    package func applying(_ alteration: Alteration) throws(DiffError) -> Table {
        var application = Application(table: self)
        try application.changeColumns(alteration.clauses)
        for clause in alteration.clauses {
            try application.apply(clause)
        }
        try application.checkReferences()
        try application.checkExpressions()
        return application.table
    }
}

/// Applies one `ALTER TABLE` to the model of a table.
private struct Application {
    var table: Table
    /// Columns that the statement drops, for good or to come back.
    private var dropped: Set<String> = []

    init(table: Table) {
        self.table = table
    }

    // MARK: Columns

    /// The server first keeps, drops and replaces the columns that stay in place, then puts the
    /// others in, in the order of the clauses.
    mutating func changeColumns(_ clauses: [Clause]) throws(DiffError) {
        var changed: [String: (to: Column, position: ColumnPosition?)] = [:]
        var names: [String: String] = [:]
        for clause in clauses {
            switch clause {
            case .dropColumn(let column):
                try requireColumn(column.name)
                dropped.insert(column.name)
            case .changeColumn(let from, let to, let position):
                try requireColumn(from.name)
                changed[from.name] = (to, position)
                if from.name != to.name { names[from.name] = to.name }
            default: continue
            }
        }
        if clauses.contains(where: \.setsCharacterSet) {
            pinInheritingColumns(except: Set(changed.keys).union(dropped))
        }
        let before = table.columns
        table = table.renamingColumns(names)
        var columns: [Column] = []
        for (place, column) in before.enumerated() where !dropped.contains(column.name) {
            if let change = changed[column.name] {
                if change.position == nil { columns.append(change.to) }
            } else {
                columns.append(table.columns[place])
            }
        }
        for clause in clauses {
            switch clause {
            case .addColumn(let column, let position):
                try insert(column, at: position, into: &columns)
            case .changeColumn(_, let column, let position?):
                try insert(column, at: position, into: &columns)
            default: continue
            }
        }
        table.columns = columns
    }

    private func requireColumn(_ name: String) throws(DiffError) {
        guard table.columns.contains(where: { $0.name == name }) else {
            throw failure("there is no column `\(name)` to change")
        }
    }

    private func insert(
        _ column: Column, at position: ColumnPosition?, into columns: inout [Column]
    ) throws(DiffError) {
        switch position {
        case nil: columns.append(column)
        case .first: columns.insert(column, at: 0)
        case .after(let name):
            guard let place = columns.firstIndex(where: { $0.name == name }) else {
                throw failure("there is no column `\(name)` to put `\(column.name)` after")
            }
            columns.insert(column, at: place + 1)
        }
    }

    /// A new default character set does not convert stored text: columns that inherited the old one
    /// are printed with it from then on.
    private mutating func pinInheritingColumns(except touched: Set<String>) {
        for (place, column) in table.columns.enumerated() where !touched.contains(column.name) {
            guard let effective = table.effectiveCharacterSet(of: column) else { continue }
            table.columns[place].characterSet = effective.name
            table.columns[place].collation = effective.collation
        }
    }

    // MARK: Everything else

    mutating func apply(_ clause: Clause) throws(DiffError) {
        switch clause {
        case .renameTable(let name): table = table.renamingTable(to: name)
        case .addColumn, .changeColumn, .dropColumn: break
        case .addIndex(let index): try add(index)
        case .dropIndex(let index): try drop(index)
        case .renameIndex(let old, let new): table.indexes[try index(named: old)].name = new
        case .setIndexIgnored(let name, let isIgnored):
            table.indexes[try index(named: name)].isIgnored = isIgnored
        case .addForeignKey(let key):
            guard !table.foreignKeys.contains(where: { $0.name == key.name }) else {
                throw failure("foreign key `\(key.name)` is there already")
            }
            table.foreignKeys.append(key)
        case .dropForeignKey(let key):
            guard let place = table.foreignKeys.firstIndex(where: { $0.name == key.name }) else {
                throw failure("there is no foreign key `\(key.name)` to drop")
            }
            table.foreignKeys.remove(at: place)
        case .addCheck(let check):
            guard !table.checks.contains(where: { $0.name == check.name }) else {
                throw failure("check `\(check.name)` is there already")
            }
            table.checks.append(check)
        case .dropCheck(let check): table.checks.remove(at: try self.check(named: check.name))
        case .setCheckEnforced(let name, let isEnforced):
            table.checks[try check(named: name)].isEnforced = isEnforced
        case .setDefaultCharacterSet(let name, let collation):
            set(TableOption(key: "DEFAULT CHARSET", value: name))
            table.options.removeAll { $0.key == "COLLATE" }
            if let collation { set(TableOption(key: "COLLATE", value: collation)) }
        case .setOption(let option):
            let old = table.option(option.key)
            table.partitioning?.follow(option, insteadOf: old)
            set(option)
        case .dropOption(let option):
            table.options.removeAll { $0.key == option.key }
            if table.isInnoDB { table.keepBlockSize(of: option) }
        case .addPeriod(let period): table.periods.append(period)
        case .dropPeriod(let period): table.periods.removeAll { $0.name == period.name }
        case .addSystemVersioning: table.isSystemVersioned = true
        case .dropSystemVersioning: table.isSystemVersioned = false
        case .partitionBy(let partitioning): table.partitioning = partitioning
        case .removePartitioning: table.partitioning = nil
        case .addPartitions, .growPartitions, .coalescePartitions, .reorganizePartitions,
            .dropPartitions:
            guard let partitioning = table.partitioning else {
                throw failure("it has no partitions to change")
            }
            guard let result = partitioning.applying(clause) else {
                throw failure("its partitions are others than those that are to change")
            }
            table.partitioning = result
        }
    }

    private mutating func add(_ index: Index) throws(DiffError) {
        let isThere = table.indexes.contains {
            index.kind == .primary ? $0.kind == .primary : $0.name.sameName(as: index.name)
        }
        guard !isThere else { throw failure("index `\(index.label)` is there already") }
        table.indexes.append(index)
    }

    private mutating func drop(_ index: Index) throws(DiffError) {
        guard
            let place = table.indexes.firstIndex(where: {
                index.kind == .primary ? $0.kind == .primary : $0.name == index.name
            })
        else { throw failure("there is no index `\(index.label)` to drop") }
        table.indexes.remove(at: place)
    }

    private func index(named name: String) throws(DiffError) -> Int {
        guard let place = table.indexes.firstIndex(where: { $0.name == name }) else {
            throw failure("there is no index `\(name)` to change")
        }
        return place
    }

    private func check(named name: String) throws(DiffError) -> Int {
        guard let place = table.checks.firstIndex(where: { $0.name == name }) else {
            throw failure("there is no check `\(name)` to change")
        }
        return place
    }

    private mutating func set(_ option: TableOption) {
        if let place = table.options.firstIndex(where: { $0.key == option.key }) {
            table.options[place] = option
        } else {
            table.options.append(option)
        }
    }

    // MARK: Checks

    func checkReferences() throws(DiffError) {
        var names: Set<String> = []
        for column in table.columns where !names.insert(column.name.lowercased()).inserted {
            throw failure("it would have two columns `\(column.name)`")
        }
        guard !names.isEmpty else { throw failure("it would have no column left") }
        for index in table.indexes {
            for case .column(let name) in index.parts.map(\.key)
            where !names.contains(name.lowercased()) {
                throw failure("index `\(index.label)` uses column `\(name)`, which is dropped")
            }
        }
        for key in table.foreignKeys {
            for name in key.columns where !names.contains(name.lowercased()) {
                throw failure("foreign key `\(key.name)` uses column `\(name)`, which is dropped")
            }
        }
    }

    /// No server drops a column that an expression still names.
    func checkExpressions() throws(DiffError) {
        for name in dropped.sorted() where !table.columns.contains(where: { $0.name == name }) {
            for column in table.columns {
                let texts = [column.generated?.expression, column.check, column.defaultValue]
                if texts.contains(where: {
                    $0.map { ExpressionText.mentions(name, in: $0) } ?? false
                }
                ) {
                    throw failure("column `\(column.name)` uses column `\(name)`, which is dropped")
                }
            }
            for check in table.checks where ExpressionText.mentions(name, in: check.expression) {
                throw failure("check `\(check.name)` uses column `\(name)`, which is dropped")
            }
            if let method = table.partitioning?.method, ExpressionText.mentions(name, in: method) {
                throw failure("the partitions use column `\(name)`, which is dropped")
            }
        }
    }

    private func failure(_ message: String) -> DiffError {
        DiffError(.doesNotApply, table: table.name, message)
    }
}

extension Clause {
    fileprivate var setsCharacterSet: Bool {
        switch self {
        case .setDefaultCharacterSet: true
        default: false
        }
    }
}

extension Table {
    /// Indexes keep the `KEY_BLOCK_SIZE` of their table when it loses it, and print it from then
    /// on.
    fileprivate mutating func keepBlockSize(of option: TableOption) {
        guard option.key.uppercased() == "KEY_BLOCK_SIZE" else { return }
        for place in indexes.indices
        where !indexes[place].options.contains(where: { $0.hasPrefix("KEY_BLOCK_SIZE") }) {
            indexes[place].options.append("KEY_BLOCK_SIZE=\(option.value)")
        }
    }
}
