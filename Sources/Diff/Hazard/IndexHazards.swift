import Schema

/// The hazards of indexes that come and go.
extension StatementHazards {
    func added(_ index: Index) -> HazardFinding {
        switch index.kind {
        case .primary:
            if isProvenUnique(index) {
                return HazardFinding(
                    rule: .addPrimaryKey, hazard: .costly,
                    reason: "the table is rebuilt in the order of the new primary key")
            }
            return HazardFinding(
                rule: .addPrimaryKey, hazard: .lossy,
                reason: "rows that are equal in \(names(of: index)) are refused",
                remedy: "look for duplicates first")
        case .unique:
            if isProvenUnique(index) {
                return safe(.addIndex, "unique index `\(index.name)` holds already")
            }
            return HazardFinding(
                rule: .addUnique, hazard: .lossy,
                reason: "rows that are equal in \(names(of: index)) are refused",
                remedy: "look for duplicates first")
        case .plain: return safe(.addIndex, "index `\(index.name)` is added")
        case .fulltext, .spatial, .vector:
            return HazardFinding(
                rule: .addSpecialIndex, hazard: .costly,
                reason: "writes wait while index `\(index.name)` is built")
        }
    }

    /// True where rows are unique already over some of the index's columns, all compared whole
    /// and by the same collation.
    private func isProvenUnique(_ index: Index) -> Bool {
        let new = Set(index.parts.filter { $0.length == nil }.map(\.key))
        let names = Dictionary(
            alteration.clauses.compactMap { clause -> (String, Column)? in
                guard case .changeColumn(let from, let to, _) = clause else { return nil }
                return (from.name, to)
            }, uniquingKeysWith: { first, _ in first })
        return before.indexes.contains { old in
            guard old.kind == .primary || old.kind == .unique else { return false }
            // Rows that may not overlap may be equal at different times.
            guard old.withoutOverlaps == nil || old.withoutOverlaps == index.withoutOverlaps else {
                return false
            }
            return old.parts.allSatisfy { part in
                guard part.length == nil || index.parts.contains(part),
                    case .column(let name) = part.key
                else { return false }
                // A column that changes its type may map two values to one.
                if let changed = names[name] {
                    guard let column = before.columns.first(where: { $0.name == name }),
                        column.type == changed.type,
                        before.effectiveCharacterSet(of: column)
                            == after.effectiveCharacterSet(of: changed)
                    else { return false }
                }
                let isRequired = before.columns.contains { $0.name == name && $0.isNotNull }
                let newName = names[name]?.name ?? name
                return new.contains(.column(newName)) && (isRequired || index.kind == .unique)
            }
        }
    }

    func dropped(_ index: Index) -> HazardFinding {
        if index.kind != .primary, after.indexes.contains(where: { $0.isNamesake(of: index) }) {
            return safe(.replaceIndex, "index `\(index.name)` is built again")
        }
        return switch index.kind {
        case .primary where after.primaryKey == nil:
            HazardFinding(
                rule: .dropPrimaryKey, hazard: .irreversible,
                reason: "nothing tells rows apart any more, and nothing replaces the primary key",
                remedy: "define another primary key in the same change")
        case .primary:
            HazardFinding(
                rule: .replacePrimaryKey, hazard: .costly,
                reason: "the table is rebuilt in the order of the new primary key")
        case .unique:
            safe(
                .dropUnique, "index `\(index.name)` goes, and rows may repeat from then on",
                "putting it back fails once there are duplicates")
        case .plain, .fulltext, .spatial, .vector:
            safe(
                .dropIndex, "index `\(index.name)` goes; queries that use it get slow",
                "make it ignored first and watch")
        }
    }

    private func names(of index: Index) -> String {
        index.parts.map { part in
            switch part.key {
            case .column(let name): "`\(name)`"
            case .expression(let text): "(\(text))"
            }
        }.joined(separator: ", ")
    }
}
