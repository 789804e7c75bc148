/// Quotes names and strings for SQL statements.
package enum SQL {
    /// `name` between backticks, inner backticks doubled.
    package static func identifier(_ name: String) -> String {
        var text = ""
        text.appendIdentifier(name)
        return text
    }

    /// `text` as a string literal that is right with and without `NO_BACKSLASH_ESCAPES`
    /// only where `text` has no backslash; connections of Plumb never set that mode.
    package static func literal(_ text: String) -> String {
        var result = "'"
        for character in text.unicodeScalars {
            switch character {
            case "'": result += "''"
            case "\\": result += "\\\\"
            case "\0": result += "\\0"
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "'"
    }
}
