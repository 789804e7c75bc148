import Schema

/// The hazards of clauses about the table as a whole.
extension StatementHazards {
    func changed(_ option: TableOption) -> HazardFinding {
        switch option.key {
        case "COMMENT", "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES":
            safe(.tableOption, "table option \(option.key) changes")
        case "ENGINE": engine(option.value)
        default:
            HazardFinding(
                rule: .tableOption, hazard: .costly,
                reason: "table option \(option.key) changes; the table is rebuilt")
        }
    }

    // MARK: History

    func added(_ period: Period) -> HazardFinding {
        guard period.name != Period.systemTime else {
            return safe(.addPeriod, "the period of the rows' history is named")
        }
        return HazardFinding(
            rule: .addPeriod, hazard: .lossy,
            reason: "rows whose period `\(period.name)` ends before it starts are refused",
            remedy: "look for such rows first")
    }

    /// What it costs that the server keeps the history of rows from now on.
    var versioned: HazardFinding {
        HazardFinding(rule: .addSystemVersioning, hazard: .costly, reason: "the table is copied")
    }

    /// What it costs that it keeps it no longer.
    var unversioned: HazardFinding {
        HazardFinding(
            rule: .dropSystemVersioning, hazard: .irreversible,
            reason: "the history of all rows is gone",
            remedy: "keep a copy of the history, then approve")
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
                rule: .leaveInnoDB, hazard: .lossy,
                reason: "the table leaves InnoDB: no transactions, no crash recovery",
                remedy: "keep InnoDB unless this is meant")
            : HazardFinding(
                rule: .tableOption, hazard: .costly,
                reason: "table option ENGINE changes; the table is rebuilt")
    }

    private func discarded(_ reason: String) -> HazardFinding {
        HazardFinding(
            rule: .discardRows, hazard: .irreversible, reason: reason,
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
