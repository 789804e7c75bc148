import Schema

/// The hazards of foreign keys and checks that come and go.
extension StatementHazards {
    func added(_ key: ForeignKey) -> HazardFinding {
        HazardFinding(
            rule: .addForeignKey, hazard: .lossy,
            reason: "rows without a parent in `\(key.referencedTable)` are refused",
            remedy: "look for orphans first")
    }

    func added(_ check: Check) -> HazardFinding {
        if keeps(check) {
            return safe(.addCheck, "check `\(check.name)` follows its column's new name")
        }
        guard check.isEnforced else {
            return safe(.addCheck, "check `\(check.name)` is added, not enforced")
        }
        return HazardFinding(
            rule: .addCheck, hazard: .lossy,
            reason: "rows that break CHECK (\(check.expression)) are refused",
            remedy: "look for such rows first")
    }

    func enforced(checkNamed name: String) -> HazardFinding {
        HazardFinding(
            rule: .addCheck, hazard: .lossy, reason: "rows that break check `\(name)` are refused",
            remedy: "look for such rows first")
    }

    func dropped(_ key: ForeignKey) -> HazardFinding {
        safe(.dropForeignKey, "foreign key `\(key.name)` goes")
    }

    func dropped(_ check: Check) -> HazardFinding {
        safe(.dropCheck, "check `\(check.name)` goes")
    }

    func notEnforced(checkNamed name: String) -> HazardFinding {
        safe(.dropCheck, "check `\(name)` is no longer enforced")
    }

    /// True where the check is one of the live table, added again only because its columns get
    /// other names.
    private func keeps(_ check: Check) -> Bool {
        var names: [String: String] = [:]
        for case .changeColumn(let from, let to, _) in alteration.clauses {
            names[from.name] = to.name
        }
        return before.checks.contains { old in
            old.name == check.name && (old.isEnforced || !check.isEnforced)
                && old.expression != check.expression
                && ExpressionText.renaming(columns: names, in: old.expression) == check.expression
        }
    }
}
