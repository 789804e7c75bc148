import Schema

/// Writes the ``DifferenceLine``s of one pair of tables.
struct DifferenceWriter {
    private let from: Table
    private let renamed: Table
    private let to: Table
    private let flavour: ServerProfile.Flavour

    init(from: Table, to: Table, hints: [ColumnRename], flavour: ServerProfile.Flavour) {
        self.from = from.inCurrentFormat.renamingTable(to: to.name)
        self.to = to.inCurrentFormat
        self.flavour = flavour
        // Conflicting hints are reported by the diff; here the columns are shown as removed and
        // added.
        let renames = (try? ColumnRename.due(hints, from: from, to: to)) ?? [:]
        renamed = self.from.renamingColumns(
            ColumnRename.pairedNames(from: from, to: to, renames: renames))
        originalName = from.name
    }

    private let originalName: String

    var lines: [DifferenceLine] {
        var lines: [DifferenceLine] = []
        if originalName != to.name {
            lines.append(.init(.changed, .table, "TABLE \(originalName) → \(to.name)"))
        }
        return lines + columns + indexes + constraints + options + partitions
    }

    // MARK: Columns

    private var columns: [DifferenceLine] {
        var lines: [DifferenceLine] = []
        let old = Dictionary(
            zip(renamed.columns, from.columns).map { ($0.0.name, (now: $0.0, was: $0.1)) },
            uniquingKeysWith: { first, _ in first })
        let wanted = Set(to.columns.map(\.name))
        for (now, was) in zip(renamed.columns, from.columns) where !wanted.contains(now.name) {
            lines.append(.init(.removed, .column(was.name), plain(was)))
        }
        let moved = movedColumns
        var previous: String?
        for column in to.columns {
            defer { previous = column.name }
            guard let (now, was) = old[column.name] else {
                lines.append(.init(.added, .column(column.name), plain(column)))
                continue
            }
            var parts: [String] = []
            if was.name != column.name { parts.append("renamed from \(was.name)") }
            if renamed.hasOtherDefinition(of: now, than: column, in: to) {
                parts.append(change(from: now, to: column))
            }
            if moved.contains(column.name) {
                parts.append("moved " + (previous.map { "after \($0)" } ?? "to the front"))
            }
            if !parts.isEmpty {
                let text = "\(column.name) " + parts.joined(separator: ", ")
                lines.append(.init(.changed, .column(column.name), text))
            }
        }
        return lines
    }

    private var movedColumns: Set<String> {
        var places: [String: Int] = [:]
        for (place, column) in renamed.columns.enumerated() { places[column.name] = place }
        let kept = to.columns.map(\.name).filter { places[$0] != nil }
        let run = ColumnOrder.longestRisingRun(kept.compactMap { places[$0] })
        return Set(kept.enumerated().filter { !run.contains($0.offset) }.map(\.element))
    }

    private func change(from old: Column, to new: Column) -> String {
        var retyped = old
        retyped.type = new.type
        if !renamed.hasOtherDefinition(of: retyped, than: new, in: to) {
            return "\(old.type) → \(new.type)"
        }
        let left = withoutName(explicit(old, in: renamed), new)
        let right = withoutName(explicit(new, in: to), new)
        return "\(left) → \(right)"
    }

    /// The column with its character set spelled out where the two tables' defaults differ.
    private func explicit(_ column: Column, in table: Table) -> Column {
        guard renamed.defaultCharacterSet != to.defaultCharacterSet,
            let effective = table.effectiveCharacterSet(of: column)
        else { return column }
        var result = column
        result.characterSet = effective.name
        result.collation = effective.collation
        return result
    }

    private func plain(_ column: Column) -> String {
        readable(column.definition(flavour: flavour))
    }

    private func withoutName(_ column: Column, _ named: Column) -> String {
        String(plain(column).dropFirst(named.name.count + 1))
    }

    // MARK: Indexes

    private var indexes: [DifferenceLine] {
        var removed: [DifferenceLine] = []
        var added: [DifferenceLine] = []
        let newNames = { (index: Index) in to.indexes.first { $0.isNamesake(of: index) } }
        for (now, was) in zip(renamed.indexes, from.indexes) {
            guard let other = newNames(now) else {
                removed.append(.init(.removed, was.subject, text(was)))
                continue
            }
            if renamed.canonical(index: now) != to.canonical(index: other) {
                removed.append(.init(.changed, other.subject, "\(text(was)) → \(text(other))"))
            }
        }
        for index in to.indexes
        where !renamed.indexes.contains(where: { $0.isNamesake(of: index) }) {
            added.append(.init(.added, index.subject, text(index)))
        }
        let lines = removed + added
        if lines.isEmpty, let old = renamed.clusteringIndex, let new = to.clusteringIndex,
            old.name != new.name
        {
            return [.init(.changed, new.subject, "\(text(new)) becomes the first unique index")]
        }
        return lines
    }

    private func text(_ index: Index) -> String {
        readable(index.definition(flavour: flavour))
    }

    // MARK: Constraints

    private var constraints: [DifferenceLine] {
        var lines = pairs(renamed.foreignKeys, to.foreignKeys, by: \.name) { key in
            (.foreignKey(key.name), readable(key.definition()))
        }
        lines += pairs(renamed.checks, to.checks, by: \.name) { check in
            (.check(check.name), readable(check.definition(flavour: flavour)))
        }
        lines += pairs(renamed.periods, to.periods, by: \.name) { period in
            (
                .period(period.name), "PERIOD FOR \(period.name) (\(period.start), \(period.end))"
            )
        }
        if renamed.isSystemVersioned != to.isSystemVersioned {
            lines.append(
                .init(
                    to.isSystemVersioned ? .added : .removed, .systemVersioning,
                    "WITH SYSTEM VERSIONING"))
        }
        return lines
    }

    private var options: [DifferenceLine] {
        pairs(renamed.options, to.options, by: \.key) { option in
            (.option(option.key), "\(option.key)\(option.separator)\(option.value)")
        }
    }

    private func pairs<Element: Hashable>(
        _ old: [Element], _ new: [Element], by name: KeyPath<Element, String>,
        text: (Element) -> (DifferenceLine.Subject, String)
    ) -> [DifferenceLine] {
        var lines: [DifferenceLine] = []
        for element in old {
            let (subject, was) = text(element)
            guard let other = new.first(where: { $0[keyPath: name] == element[keyPath: name] })
            else {
                lines.append(.init(.removed, subject, was))
                continue
            }
            if other != element {
                lines.append(.init(.changed, subject, "\(was) → \(text(other).1)"))
            }
        }
        for element in new
        where !old.contains(where: { $0[keyPath: name] == element[keyPath: name] }) {
            let (subject, now) = text(element)
            lines.append(.init(.added, subject, now))
        }
        return lines
    }

    // MARK: Partitions

    private var partitions: [DifferenceLine] {
        let (old, new) = (renamed.partitioning?.canonical, to.partitioning?.canonical)
        guard old != new else { return [] }
        if let old, let new, old.method == new.method,
            old.count == new.count, old.subpartitioning == new.subpartitioning
        {
            let lines = pairs(old.partitions, new.partitions, by: \.name) { partition in
                (
                    .partition(partition.name),
                    readable(partition.definitionWithoutEngine(flavour: flavour))
                )
            }
            if !lines.isEmpty { return lines }
        }
        let text = { (partitioning: Partitioning) in
            readable("PARTITION BY \(partitioning.method)")
                + (partitioning.count.map { " PARTITIONS \($0)" } ?? "")
                + (partitioning.subpartitioning.map { " \(readable($0))" } ?? "")
        }
        switch (renamed.partitioning, to.partitioning) {
        case (let old?, nil): return [.init(.removed, .partitioning, text(old))]
        case (nil, let new?): return [.init(.added, .partitioning, text(new))]
        case (let old?, let new?):
            return [.init(.changed, .partitioning, "\(text(old)) → \(text(new))")]
        case (nil, nil): return []
        }
    }

    /// Without backticks: names in these lines are for reading.
    private func readable(_ definition: String) -> String {
        ExpressionText.onOneLine(definition).filter { $0 != "`" }
    }
}

extension Partitioning.Partition {
    /// Without the engine, which is the table's.
    fileprivate func definitionWithoutEngine(flavour: ServerProfile.Flavour) -> String {
        var result = self
        if let place = options.ranges(of: "ENGINE = ").last {
            result.options = String(options[..<place.lowerBound])
            if result.options.hasSuffix(" ") { result.options.removeLast() }
        }
        return result.definition(flavour: flavour)
    }
}

extension Index {
    fileprivate var subject: DifferenceLine.Subject {
        kind == .primary ? .primaryKey : .index(name)
    }
}
