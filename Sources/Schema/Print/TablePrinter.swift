extension Table {
    /// The text that `SHOW CREATE TABLE` prints for this table, byte for byte.
    ///
    /// The counter is state, so it is printed only for `includingAutoIncrement`.
    package func showCreate(
        flavour: ServerProfile.Flavour, includingAutoIncrement: Bool = false
    ) -> String {
        var text = "CREATE TABLE "
        text.reserveCapacity(64 * (columns.count + indexes.count + foreignKeys.count + 4))
        text.appendIdentifier(name)
        text += " ("
        var separator = "\n  "
        func line(_ append: (inout String) -> Void) {
            text += separator
            separator = ",\n  "
            append(&text)
        }
        for column in columns { line { column.print(to: &$0, flavour: flavour) } }
        for period in periods { line { $0 += period.definition() } }
        for index in indexes { line { index.print(to: &$0, flavour: flavour) } }
        for key in foreignKeys { line { key.print(to: &$0) } }
        for check in checks { line { $0 += check.definition(flavour: flavour) } }
        text += "\n)"
        appendOptions(to: &text, includingAutoIncrement: includingAutoIncrement)
        if let partitioning {
            text += "\n"
            text += flavour == .mariadb ? " " : ""
            text += partitioning.clause(flavour: flavour)
        }
        return text
    }

    /// Every server prints the counter behind the engine.
    private func appendOptions(to text: inout String, includingAutoIncrement: Bool) {
        var counter = includingAutoIncrement ? autoIncrement : nil
        for option in options {
            text += " "
            text += option.text
            if option.key == "ENGINE", let value = counter {
                text += " AUTO_INCREMENT=\(value)"
                counter = nil
            }
        }
        if let counter { text += " AUTO_INCREMENT=\(counter)" }
        if isSystemVersioned { text += " WITH SYSTEM VERSIONING" }
    }
}

extension TableOption {
    /// The option as printed: `ENGINE=InnoDB`, ``/*!50100 TABLESPACE `t` */``.
    package var text: String {
        let bare = key + separator + value
        return versionComment.map { "\($0) \(bare) */" } ?? bare
    }
}

extension Period {
    /// The line without its comma: ``PERIOD FOR `p` (`start`, `end`)``.
    package func definition() -> String {
        let name = name == Self.systemTime ? name : SQL.identifier(name)
        return "PERIOD FOR \(name) (\(SQL.identifier(start)), \(SQL.identifier(end)))"
    }
}
