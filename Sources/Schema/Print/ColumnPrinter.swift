extension Column {
    /// The column's line of `SHOW CREATE TABLE` without its comma, as `ADD COLUMN` and
    /// `MODIFY COLUMN` take it, too.
    package func definition(flavour: ServerProfile.Flavour) -> String {
        var text = ""
        print(to: &text, flavour: flavour)
        return text
    }

    func print(to text: inout String, flavour: ServerProfile.Flavour) {
        text.appendIdentifier(name)
        text += " "
        text += type
        appendAttributes(.afterType, to: &text)
        append(" CHARACTER SET ", characterSet, to: &text)
        append(" COLLATE ", collation, to: &text)
        appendAttributes(.afterCollation, to: &text)
        if let generated {
            text += " GENERATED ALWAYS AS ("
            text += generated.expression
            text += ") "
            text += generated.kind.rawValue
        }
        appendAttributes(.afterGenerated, to: &text)
        if isNotNull { text += " NOT NULL" }
        if isExplicitlyNull { text += " NULL" }
        appendAttributes(.afterNull, to: &text)
        appendInvisible(.beforeDefault, to: &text, flavour: flavour)
        append(" DEFAULT ", defaultValue, to: &text)
        appendAttributes(.afterDefault, to: &text)
        append(" ON UPDATE ", onUpdate, to: &text)
        if isAutoIncrement { text += " AUTO_INCREMENT" }
        appendInvisible(.beforeComment, to: &text, flavour: flavour)
        append(" COMMENT ", comment, to: &text)
        appendAttributes(.afterComment, to: &text)
        if let check {
            text += " CHECK ("
            text += check
            text += ")"
        }
        appendAttributes(.last, to: &text)
    }

    private func append(_ words: String, _ value: String?, to text: inout String) {
        guard let value else { return }
        text += words
        text += value
    }

    private func appendAttributes(_ place: ColumnAttribute.Place, to text: inout String) {
        for attribute in attributes where attribute.place == place {
            text += " "
            text += attribute.text
        }
    }

    /// MySQL prints `INVISIBLE` in a version comment, always before the column's comment.
    private func appendInvisible(
        _ place: InvisiblePlace, to text: inout String, flavour: ServerProfile.Flavour
    ) {
        guard isInvisible else { return }
        switch flavour {
        case .mariadb: if place == invisiblePlace { text += " INVISIBLE" }
        case .mysql: if place == .beforeComment { text += " " + MySQLComment.invisibleColumn }
        }
    }
}
