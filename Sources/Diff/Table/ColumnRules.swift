import Schema

/// The hazards of a column's new definition.
struct ColumnRules {
    let before: Table
    let after: Table

    func findings(from: Column, to: Column, isMoved: Bool) -> [HazardFinding] {
        var findings: [HazardFinding] = []
        func add(_ rule: String, _ hazard: Hazard, _ reason: String, _ remedy: String = "") {
            findings.append(
                HazardFinding(
                    rule: rule, hazard: hazard, reason: "column `\(to.name)`: \(reason)",
                    remedy: remedy))
        }
        if from.name != to.name {
            add(
                HazardFinding.renameColumn, from.name.sameName(as: to.name) ? .safe : .costly,
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
            add(
                "forbid-null", .lossy, "rows that hold NULL are refused",
                "fill them first, and give the column a default")
        } else if from.isNotNull, !to.isNotNull {
            add("allow-null", .safe, "may hold NULL from now on")
        }
        if let verdict = generatedVerdict(from: from, to: to) {
            add(verdict.rule, verdict.hazard, verdict.reason, verdict.remedy)
        }
        if let check = to.check, check != from.check {
            add(
                "add-check", .lossy, "rows that break CHECK (\(check)) are refused",
                "look for such rows first")
        }
        if to.isAutoIncrement, !from.isAutoIncrement {
            add("add-auto-increment", .costly, "counts from now on; the table is copied")
        }
        if from.attributes != to.attributes {
            add("change-attributes", .costly, "its storage changes; the table may be copied")
        }
        if findings.isEmpty {
            let reason =
                isMoved ? "moves to another place" : "only what is new is treated otherwise"
            add(isMoved ? "move-column" : "change-column", .safe, reason)
        }
        return findings
    }

    private func typeVerdict(from: Column, to: Column) -> TypeChange.Verdict? {
        guard from.type != to.type else { return nil }
        let set = after.effectiveCharacterSet(of: to) ?? before.effectiveCharacterSet(of: from)
        return TypeChange.verdict(
            from: from.type, to: to.type, bytesPerCharacter: set?.bytesPerCharacter ?? 1)
    }

    private typealias Verdict = (rule: String, hazard: Hazard, reason: String, remedy: String)

    private func characterSetVerdict(from: Column, to: Column) -> Verdict? {
        guard let old = before.effectiveCharacterSet(of: from),
            let new = after.effectiveCharacterSet(of: to), old != new
        else { return nil }
        if old.name != new.name {
            return (
                "convert-character-set", .lossy,
                "text is converted from \(old.name) to \(new.name)",
                "check that every character and every index fits the new character set"
            )
        }
        let isUnique = after.indexes.contains {
            ($0.kind == .primary || $0.kind == .unique) && $0.uses(to.name)
        }
        return isUnique
            ? (
                "change-collation", .lossy,
                "values that the new collation takes for equal are refused",
                "look for such values first"
            )
            : ("change-collation", .costly, "text sorts and compares otherwise", "")
    }

    private func generatedVerdict(from: Column, to: Column) -> Verdict? {
        switch (from.generated, to.generated) {
        case (nil, _?):
            return (
                "generate-column", .irreversible, "what it holds is overwritten by the expression",
                "keep the old values in another column first"
            )
        case (_?, nil):
            return ("ungenerate-column", .costly, "keeps its values, computed no more", "")
        case (let old?, let new?) where old != new:
            return new.kind == .stored
                ? ("change-expression", .costly, "is computed again for every row", "")
                : ("change-expression", .safe, "is computed otherwise when read", "")
        default: return nil
        }
    }
}

extension CharacterSet {
    /// The most bytes that one character takes.
    var bytesPerCharacter: Int {
        switch name {
        case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030": 4
        case "utf8mb3", "utf8", "ujis", "eucjpms": 3
        case "ucs2", "big5", "gbk", "gb2312", "sjis", "cp932", "euckr": 2
        default: 1
        }
    }
}
