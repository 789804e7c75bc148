import Schema

/// Values that the server computes for existing rows: in strict mode the statement fails where one
/// cannot be computed, or does not fit its column.
///
/// These findings do not raise the hazard of the change: others say that values are written.
/// Whether one of them fails only the rows tell, so they are made only where rows can be asked.
extension StatementHazards {
    func computedFindings(of clause: Clause) -> [HazardFinding] {
        guard server?.isStrict == true else { return [] }
        switch clause {
        case .addColumn(let column, _) where column.generated?.kind == .stored:
            return [uncomputed(column)]
        case .changeColumn(let old, let new, _)
        where new.generated?.kind == .stored
            && (old.generated != new.generated || old.type != new.type):
            return [uncomputed(new)]
        case .addIndex(let index) where computes(index):
            return [
                HazardFinding(
                    rule: .computeValues, hazard: .safe,
                    reason:
                        "rows for which a value of index `\(index.name)` cannot be computed are "
                        + "refused",
                    remedy: "look for such rows first")
            ]
        case .addColumn, .changeColumn, .addIndex, .renameTable, .dropColumn, .dropIndex,
            .renameIndex, .setIndexIgnored, .addForeignKey, .dropForeignKey, .addCheck, .dropCheck,
            .setCheckEnforced, .setDefaultCharacterSet, .setOption, .dropOption, .addPeriod,
            .dropPeriod, .addSystemVersioning, .dropSystemVersioning, .partitionBy,
            .removePartitioning, .addPartitions, .growPartitions, .coalescePartitions,
            .reorganizePartitions, .dropPartitions:
            return []
        }
    }

    private func uncomputed(_ column: Column) -> HazardFinding {
        HazardFinding(
            rule: .computeValues, hazard: .safe,
            reason:
                "rows for which `\(column.name)` cannot be computed, or does not hold what comes "
                + "out, are refused",
            remedy: "look for such rows first")
    }

    private func computes(_ index: Index) -> Bool {
        let found = computed(in: index)
        return !found.columns.isEmpty || !found.expressions.isEmpty
    }

    /// The virtual columns and the expressions that an index makes the server compute.
    func computed(in index: Index) -> (columns: [Column], expressions: [String]) {
        var found: (columns: [Column], expressions: [String]) = ([], [])
        for part in index.parts {
            switch part.key {
            case .expression(let text): found.expressions.append(text)
            case .column(let name):
                let column = after.columns.first { $0.name.sameName(as: name) }
                if let column, column.generated?.kind == .virtual { found.columns.append(column) }
            }
        }
        return found
    }
}
