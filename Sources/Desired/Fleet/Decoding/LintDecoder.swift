import Model
import Schema

/// Decodes `lint`.
struct LintDecoder {
    let reader: NodeReader

    func lint(_ node: YAMLNode) -> LintSettings? {
        guard let fields = reader.fields(node, LintKey.self) else { return nil }
        let standard = LintSettings.standard
        let levels = fields.read(.rules, self.levels)
        let waivers = fields.read(.waivers) { node, what in
            reader.list(node, what)?.compactMap(waiver)
        }
        let characterSet = fields.read(.charset, self.characterSet)
        let tableNames = fields.read(.tableNames) { reader.choice($0, $1, NameStyle.self) }
        let columnNames = fields.read(.columnNames) { reader.choice($0, $1, NameStyle.self) }
        return LintSettings(
            levels: levels ?? standard.levels, waivers: waivers ?? standard.waivers,
            characterSet: characterSet ?? standard.characterSet,
            tableNames: tableNames ?? standard.tableNames,
            columnNames: columnNames ?? standard.columnNames)
    }

    private func levels(_ node: YAMLNode, _ what: String) -> [LintRule: LintLevel]? {
        guard let entries = reader.mapping(node, what) else { return nil }
        var levels: [LintRule: LintLevel] = [:]
        for entry in entries {
            guard let rule = LintRule(rawValue: entry.key) else {
                reader.diagnostics.error(
                    .unknownKey, "`\(entry.key)` is not a lint rule",
                    remedy: Nearest.remedy(entry.key, in: LintRule.names, what: "rules"),
                    at: entry.keyLocation)
                continue
            }
            levels[rule] = reader.choice(
                entry.value, "the level of `\(entry.key)`", LintLevel.self)
        }
        return levels
    }

    private func characterSet(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        guard text.utf8.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }) else {
            return reader.invalid(
                node, "\(what) is `\(text)`, which is not a character set", "write `utf8mb4`")
        }
        return text.lowercased()
    }

    private func waiver(_ node: YAMLNode) -> Waiver? {
        guard let fields = reader.fields(node, WaiverKey.self) else { return nil }
        let rule = fields.read(.rule) { node, what -> LintRule? in
            guard let rule = reader.choice(node, what, LintRule.self) else { return nil }
            guard !rule.isAboutWaivers else {
                return reader.invalid(
                    node, "\(what) is `\(rule.rawValue)`, which cannot be waived",
                    "remove the waiver that it is about")
            }
            return rule
        }
        let table = fields.read(.table, reader.string)
        let column = fields.read(.column, reader.string)
        let owner = fields.read(.owner, reader.string)
        let reason = fields.read(.reason, reader.string)
        let expires = fields.read(.expires) { node, what -> CalendarDay? in
            guard let text = reader.string(node, what) else { return nil }
            return CalendarDay(text)
                ?? reader.invalid(
                    node, "\(what) is `\(text)`, which is not a day", "write a day as `2027-01-31`")
        }
        guard let rule, let table, let owner, let reason, let expires else { return nil }
        return Waiver(
            rule: rule, table: table, column: column, owner: owner, reason: reason,
            expires: expires, location: fields.location)
    }
}
