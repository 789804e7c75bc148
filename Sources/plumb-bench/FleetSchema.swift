/// The schema of every shard of the benchmark's fleet: thirty tables of a shop.
///
/// About twelve columns each, with keys; most with a foreign key, some with a check, one with
/// partitions.
enum FleetSchema {
    struct Definition {
        let name: String
        let sql: String
    }

    /// In an order in which they can be created.
    static let tables: [Definition] = names.enumerated().map { place, name in
        Definition(name: name, sql: create(name, at: place))
    }

    /// The table that the benchmark's second commit changes.
    static let changed = "orders"

    /// `changed` with one column more.
    static func changedSQL() -> String {
        let sql = tables.first { $0.name == changed }?.sql ?? ""
        return sql.replacing(
            "  `version` int", with: "  `refund_total` decimal(12,2) DEFAULT NULL,\n  `version` int"
        )
    }

    private static let names = [
        "accounts", "addresses", "audits", "baskets", "brands", "campaigns", "carriers",
        "categories", "coupons", "credits", "customers", "devices", "events", "feedback",
        "invoices", "messages", "notes", "offers", "orders", "parcels", "payments", "prices",
        "products", "refunds", "returns", "reviews", "sessions", "stocks", "suppliers", "vouchers",
    ]

    private static let partitioned = "events"

    private static func create(_ name: String, at place: Int) -> String {
        let isPartitioned = name == partitioned
        let isFirst = place == 0
        var lines = [
            "`id` bigint(20) unsigned NOT NULL AUTO_INCREMENT",
            "`account_id` bigint(20) unsigned NOT NULL",
            "`code` varchar(\(32 + place)) NOT NULL",
            "`title` varchar(200) NOT NULL DEFAULT ''",
            "`state` enum('new','open','done','void') NOT NULL DEFAULT 'new'",
            "`quantity` int(11) NOT NULL DEFAULT 1",
            "`amount` decimal(12,2) NOT NULL DEFAULT 0.00",
            "`rate` double DEFAULT NULL",
            "`remarks` text DEFAULT NULL COMMENT 'Free text, shown to nobody else'",
            "`version` int(10) unsigned NOT NULL DEFAULT 0",
            "`created_at` datetime NOT NULL DEFAULT current_timestamp()",
            "`changed_at` timestamp NULL DEFAULT NULL ON UPDATE current_timestamp()",
            isPartitioned ? "PRIMARY KEY (`id`,`created_at`)" : "PRIMARY KEY (`id`)",
            isPartitioned
                ? "KEY `by_code` (`account_id`,`code`)"
                : "UNIQUE KEY `by_code` (`account_id`,`code`)",
            "KEY `by_state` (`state`,`created_at`)",
        ]
        if !isPartitioned, !isFirst {
            lines.append(
                "CONSTRAINT `\(name)_account` FOREIGN KEY (`account_id`) "
                    + "REFERENCES `accounts` (`id`) ON DELETE CASCADE")
        }
        if place % 3 == 0 {
            lines.append("CONSTRAINT `\(name)_amount` CHECK (`amount` >= 0)")
        }
        let body = lines.map { "  \($0)" }.joined(separator: ",\n")
        let partitions = isPartitioned ? "\n\(partitionClause)" : ""
        return "CREATE TABLE `\(name)` (\n\(body)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
            + "COLLATE=utf8mb4_general_ci COMMENT='The \(name) of an account'\(partitions)"
    }

    private static let partitionClause = """
        PARTITION BY RANGE (year(`created_at`))
        (PARTITION `p2024` VALUES LESS THAN (2025),
         PARTITION `p2025` VALUES LESS THAN (2026),
         PARTITION `pmax` VALUES LESS THAN MAXVALUE)
        """
}
