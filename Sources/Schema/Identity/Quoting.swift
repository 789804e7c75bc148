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

extension String {
    /// Appends `name` between backticks, inner backticks doubled.
    mutating func appendIdentifier(_ name: String) {
        self += "`"
        if name.utf8.contains(UInt8(ascii: "`")) {
            for scalar in name.unicodeScalars {
                unicodeScalars.append(scalar)
                if scalar == "`" { unicodeScalars.append(scalar) }
            }
        } else {
            self += name
        }
        self += "`"
    }

    /// Appends names between backticks, with `separator` between them.
    mutating func appendIdentifiers(_ names: [String], separator: String) {
        for (place, name) in names.enumerated() {
            if place > 0 { self += separator }
            appendIdentifier(name)
        }
    }
}
