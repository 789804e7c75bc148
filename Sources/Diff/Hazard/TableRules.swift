import Schema

/// The hazards of clauses about the table as a whole.
extension HazardRules {
    func option(_ clause: Clause) -> HazardFinding {
        switch clause {
        case .setDefaultCharacterSet(let name, _):
            return safe(
                "default-character-set",
                "new columns take character set \(name); what is stored stays as it is")
        case .setOption(let option), .dropOption(let option):
            switch option.key {
            case "COMMENT", "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES":
                return safe("table-option", "table option \(option.key) changes")
            case "ENGINE": return engine(option.value)
            default:
                return HazardFinding(
                    rule: "table-option", hazard: .costly,
                    reason: "table option \(option.key) changes; the table is rebuilt")
            }
        default: return safe("table-option", "a table option changes")
        }
    }

    func versioning(_ clause: Clause) -> HazardFinding {
        switch clause {
        case .dropSystemVersioning:
            HazardFinding(
                rule: "drop-system-versioning", hazard: .irreversible,
                reason: "the history of all rows is gone",
                remedy: "keep a copy of the history, then approve")
        case .addSystemVersioning:
            HazardFinding(
                rule: "add-system-versioning", hazard: .costly, reason: "the table is copied")
        case .addPeriod(let period) where period.name != Period.systemTime:
            HazardFinding(
                rule: "add-period", hazard: .lossy,
                reason: "rows whose period `\(period.name)` ends before it starts are refused",
                remedy: "look for such rows first")
        case .dropPeriod(let period): safe("drop-period", "period `\(period.name)` goes")
        default: safe("add-period", "the period of the rows' history is named")
        }
    }

    // MARK: Engines

    private func engine(_ value: String) -> HazardFinding {
        let name = value.uppercased()
        if let loss = Self.losses[name] {
            return discarded("all rows of `\(after.name)` are gone: engine \(value) \(loss)")
        }
        guard Self.lasting.contains(name) else {
            return discarded(
                "rows of `\(after.name)` may be gone: nothing is known of what engine \(value) keeps"
            )
        }
        return before.isInnoDB
            ? HazardFinding(
                rule: "leave-innodb", hazard: .lossy,
                reason: "the table leaves InnoDB: no transactions, no crash recovery",
                remedy: "keep InnoDB unless this is meant")
            : HazardFinding(
                rule: "table-option", hazard: .costly,
                reason: "table option ENGINE changes; the table is rebuilt")
    }

    private func discarded(_ reason: String) -> HazardFinding {
        HazardFinding(
            rule: "discard-rows", hazard: .irreversible, reason: reason,
            remedy: "keep a copy of what is needed, then approve")
    }

    /// Engines that keep no row, or not for long, and why.
    private static let losses = [
        "BLACKHOLE": "keeps none", "EXAMPLE": "keeps none",
        "MEMORY": "forgets them when the server restarts",
        "HEAP": "forgets them when the server restarts",
    ]

    /// Engines that keep rows on the server's own disk.
    private static let lasting: Set<String> = [
        "INNODB", "MYISAM", "ARIA", "CSV", "ARCHIVE", "ROCKSDB", "TOKUDB", "NDB", "NDBCLUSTER",
        "MROONGA", "COLUMNSTORE",
    ]
}
