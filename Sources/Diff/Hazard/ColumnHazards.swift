import Schema

/// The hazards of a column's new definition.
struct ColumnHazards {
    let before: Table
    let after: Table
    /// Nil where the kind of the server is not known.
    let flavour: ServerProfile.Flavour?
    /// The expressions of checks that the statement adds, which have findings of their own.
    var addedChecks: Set<String> = []

    func findings(from: Column, to: Column, isMoved: Bool) -> [HazardFinding] {
        var findings: [HazardFinding] = []
        func add(_ rule: HazardRule, _ hazard: Hazard, _ reason: String, _ remedy: String = "") {
            findings.append(
                HazardFinding(
                    rule: rule, hazard: hazard, reason: "column `\(to.name)`: \(reason)",
                    remedy: remedy))
        }
        if from.name != to.name {
            add(
                .renameColumn, from.name.sameName(as: to.name) ? .safe : .costly,
                "was `\(from.name)`; code that uses that name fails from then on",
                "deploy code that knows both names first")
        }
        if let verdict = typeVerdict(from: from, to: to) {
            add(
                verdict.rule, verdict.hazard, verdict.reason,
                verdict.hazard == .lossy ? "look for values that do not fit first" : "")
        }
        if let verdict = characterSetVerdict(from: from, to: to) {
            add(verdict.rule, verdict.hazard, verdict.reason, verdict.remedy)
        }
        if to.isNotNull, !from.isNotNull {
            if let verdict = nullVerdict(from: from, to: to) {
                add(verdict.rule, verdict.hazard, verdict.reason, verdict.remedy)
            }
        } else if from.isNotNull, !to.isNotNull {
            add(.allowNull, .safe, "may hold NULL from now on")
        }
        if let verdict = generatedVerdict(from: from, to: to) {
            add(verdict.rule, verdict.hazard, verdict.reason, verdict.remedy)
        }
        for column in after.storedColumns(over: to) where comesOutOtherwise(from: from, to: to) {
            let isKey = after.hasKey(over: column)
            add(
                .changeExpression, isKey ? .lossy : .costly,
                "stored column `\(column.name)` is computed again from it"
                    + (isKey
                        ? ": keys over it may refuse what comes out, or keep rows without a parent"
                        : ""),
                isKey ? "look for rows that will be equal, or have no parent, first" : "")
        }
        let checks = before.checksToRead(from, as: to, in: after).filter {
            !addedChecks.contains($0)
        }
        if !checks.isEmpty {
            let texts = checks.map { "CHECK (\($0))" }.joined(separator: " or ")
            add(
                .addCheck, .lossy, "rows that break \(texts) are refused",
                "look for such rows first")
        }
        if to.isAutoIncrement, !from.isAutoIncrement {
            let verdict = countingVerdict(from: from)
            add(verdict.rule, verdict.hazard, verdict.reason, verdict.remedy)
        }
        if from.attributes != to.attributes {
            add(.changeAttributes, .costly, "its storage changes; the table may be copied")
        }
        if findings.isEmpty {
            let reason =
                isMoved ? "moves to another place" : "only what is new is treated otherwise"
            add(isMoved ? .moveColumn : .changeColumn, .safe, reason)
        }
        return findings
    }

    private func typeVerdict(from: Column, to: Column) -> TypeChange.Verdict? {
        guard from.type != to.type else { return nil }
        let set = after.effectiveCharacterSet(of: to) ?? before.effectiveCharacterSet(of: from)
        return TypeChange.verdict(
            from: from.type, to: to.type, bytesPerCharacter: set?.bytesPerCharacter ?? 1)
    }

    /// Whether values that are computed from the column may change with it. An integer or text that
    /// does not fit any more is refused, so it changes nothing.
    private func comesOutOtherwise(from: Column, to: Column) -> Bool {
        let family = ColumnFamily(to.type)
        return ColumnFamily(from.type) != family
            || ![.integer, .text, .bytes, .bit].contains(family)
                && typeVerdict(from: from, to: to)?.hazard == .lossy
            || before.effectiveCharacterSet(of: from)?.name
                != after.effectiveCharacterSet(of: to)?.name
    }

    private typealias Verdict = (rule: HazardRule, hazard: Hazard, reason: String, remedy: String)

    /// What happens to NULL; nil where the column gets `AUTO_INCREMENT`, whose own finding says it.
    private func nullVerdict(from: Column, to: Column) -> Verdict? {
        if to.isAutoIncrement, !from.isAutoIncrement { return nil }
        let refused = "rows that hold NULL are refused"
        let filled = "get the time of the change"
        let reason =
            switch (to.isTimestamp, flavour) {
            case (false, _): refused
            case (true, .mariadb): "rows that hold NULL \(filled)"
            case (true, .mysql), (true, nil):
                "\(refused), or \(filled) where the server copies the table"
            }
        return (.forbidNull, .lossy, reason, "fill them first, and give the column a default")
    }

    /// What happens to 0 and NULL in a column that gets `AUTO_INCREMENT`: see
    /// ``Alteration/numbersZeros(flavour:)``.
    private func countingVerdict(from: Column) -> Verdict {
        guard !from.isNotNull else {
            return (
                .addAutoIncrement, .costly,
                "counts from now on, and 0 stays 0; the table is copied", ""
            )
        }
        let numbered = flavour == .mariadb ? "NULL or 0" : "NULL"
        return (
            .addAutoIncrement, .lossy,
            "counts from now on, and rows that hold \(numbered) get the next numbers",
            "fill them first"
        )
    }

    private func characterSetVerdict(from: Column, to: Column) -> Verdict? {
        guard let old = before.effectiveCharacterSet(of: from),
            let new = after.effectiveCharacterSet(of: to), old != new
        else { return nil }
        if old.name != new.name {
            return (
                .convertCharacterSet, .lossy,
                "text is converted from \(old.name) to \(new.name)",
                "check that every character and every index fits the new character set"
            )
        }
        let isUnique = after.indexes.contains {
            ($0.kind == .primary || $0.kind == .unique) && $0.uses(to.name)
        }
        return isUnique
            ? (
                .changeCollation, .lossy,
                "values that the new collation takes for equal are refused",
                "look for such values first"
            )
            : (.changeCollation, .costly, "text sorts and compares otherwise", "")
    }

    private func generatedVerdict(from: Column, to: Column) -> Verdict? {
        switch (from.generated, to.generated) {
        case (nil, _?):
            return (
                .generateColumn, .irreversible, "what it holds is overwritten by the expression",
                "keep the old values in another column first"
            )
        case (_?, nil):
            return (.ungenerateColumn, .costly, "keeps its values, computed no more", "")
        case (let old?, let new?) where old != new:
            return new.kind == .stored
                ? (.changeExpression, .costly, "is computed again for every row", "")
                : (.changeExpression, .safe, "is computed otherwise when read", "")
        default: return nil
        }
    }
}
