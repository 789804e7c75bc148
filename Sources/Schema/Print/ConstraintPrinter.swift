extension Index {
    /// The index's line of `SHOW CREATE TABLE` without its comma, as `ADD` takes it, too.
    package func definition(flavour: ServerProfile.Flavour) -> String {
        var text = ""
        print(to: &text, flavour: flavour)
        return text
    }

    func print(to text: inout String, flavour: ServerProfile.Flavour) {
        text += kind.rawValue
        if kind != .primary {
            text += " "
            text.appendIdentifier(name)
        }
        text += " ("
        for (place, part) in parts.enumerated() {
            if place > 0 { text += "," }
            part.print(to: &text)
        }
        if let withoutOverlaps {
            text += ","
            text.appendIdentifier(withoutOverlaps)
            text += " WITHOUT OVERLAPS"
        }
        text += ")"
        appendOptions(to: &text, flavour: flavour)
    }

    /// Servers print visibility behind the general options, and before the parser, version comments
    /// and the options of a storage engine.
    private func appendOptions(to text: inout String, flavour: ServerProfile.Flavour) {
        let ignored = flavour == .mariadb ? " IGNORED" : " " + MySQLComment.invisibleIndex
        var isPending = isIgnored
        for option in options {
            if isPending, Self.standsBehindVisibility(option) {
                text += ignored
                isPending = false
            }
            text += " "
            text += option
            if option.hasPrefix(MySQLComment.parserPrefix) { text += " " }
        }
        if isPending { text += ignored }
    }

    private static func standsBehindVisibility(_ option: String) -> Bool {
        !["USING ", "KEY_BLOCK_SIZE=", "COMMENT "].contains { option.hasPrefix($0) }
    }
}

extension Index.Part {
    /// The part as printed: `` `name`(10) DESC ``.
    func print(to text: inout String) {
        switch key {
        case .column(let name):
            text.appendIdentifier(name)
        case .expression(let expression):
            text += "("
            text += expression
            text += ")"
        }
        if let length { text += "(\(length))" }
        if isDescending { text += " DESC" }
    }
}

extension ForeignKey {
    /// The foreign key's line of `SHOW CREATE TABLE` without its comma, as `ADD` takes it, too.
    package func definition() -> String {
        var text = ""
        print(to: &text)
        return text
    }

    func print(to text: inout String) {
        text += "CONSTRAINT "
        text.appendIdentifier(name)
        text += " FOREIGN KEY ("
        text.appendIdentifiers(columns, separator: ", ")
        text += ") REFERENCES "
        if let referencedSchema {
            text.appendIdentifier(referencedSchema)
            text += "."
        }
        text.appendIdentifier(referencedTable)
        text += " ("
        text.appendIdentifiers(referencedColumns, separator: ", ")
        text += ")"
        if let onDelete { text += " ON DELETE " + onDelete }
        if let onUpdate { text += " ON UPDATE " + onUpdate }
    }
}

extension Check {
    /// The check's line of `SHOW CREATE TABLE` without its comma, as `ADD` takes it, too.
    package func definition(flavour: ServerProfile.Flavour) -> String {
        let text = "CONSTRAINT \(SQL.identifier(name)) CHECK (\(expression))"
        switch flavour {
        case .mariadb: return text
        case .mysql: return isEnforced ? text : text + " " + MySQLComment.notEnforced
        }
    }
}
