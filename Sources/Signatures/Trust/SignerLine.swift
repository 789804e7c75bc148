import Basics

/// One line of a file of allowed signers, before its key is read.
struct SignerLine {
    /// The options between the principals and the key.
    struct Options: Hashable, Sendable {
        var isAuthority = false
        var namespaces: PatternList?
        var validAfter: Timestamp?
        var validBefore: Timestamp?
    }

    let principals: PatternList
    let options: Options
    /// The key, and the comment behind it.
    let key: String

    /// Reads a line; nil for a blank line and a comment. Throws `invalidFile` for anything else
    /// that is not in the format.
    ///
    /// - Parameter isKey: whether a word begins the key, and is not an option.
    init?(_ text: String, isKey: (String) -> Bool) throws(SignatureError) {
        var rest = text.drop(while: Self.isBlank)
        guard let first = rest.first, first != "#" else { return nil }
        principals = try PatternList(try Self.principals(&rest))
        rest = rest.drop(while: Self.isBlank)
        let word = String(rest.prefix { !Self.isBlank($0) })
        if word.isEmpty || isKey(word) {
            options = Options()
        } else {
            options = try Self.options(&rest)
            rest = rest.drop(while: Self.isBlank)
        }
        key = String(rest)
        guard !rest.isEmpty else {
            throw SignatureError(
                .invalidFile, "there is no key",
                remedy: "write: principals, options if any, key type, key")
        }
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    /// The first field, which may be quoted.
    private static func principals(_ rest: inout Substring) throws(SignatureError) -> String {
        guard rest.first == "\"" else {
            let field = rest.prefix { !isBlank($0) }
            rest = rest.dropFirst(field.count)
            guard !field.contains("\"") else {
                throw SignatureError(.invalidFile, "a quote inside the principals")
            }
            return String(field)
        }
        rest = rest.dropFirst()
        let field = rest.prefix { $0 != "\"" }
        rest = rest.dropFirst(field.count)
        guard rest.first == "\"", rest.dropFirst().first.map(isBlank) ?? true else {
            throw SignatureError(.invalidFile, "the quoted principals have no end")
        }
        rest = rest.dropFirst()
        return String(field)
    }

    /// `name` or `name="value"`, separated by commas.
    private static func options(_ rest: inout Substring) throws(SignatureError) -> Options {
        var result = Options()
        var seen: Set<String> = []
        while true {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" }.lowercased()
            rest = rest.dropFirst(name.count)
            let value = rest.first == "=" ? try quoted(&rest) : nil
            guard seen.insert(name).inserted else {
                throw SignatureError(.invalidFile, "the option \(name) stands there twice")
            }
            try set(name, value, in: &result)
            guard rest.first == "," else { break }
            rest = rest.dropFirst()
        }
        guard rest.first.map(isBlank) ?? true else {
            throw SignatureError(
                .invalidFile, "an option is followed by \(String(rest.prefix(1)).debugDescription)",
                remedy: "put commas between the options, and a blank before the key")
        }
        if let after = result.validAfter, let before = result.validBefore, before <= after {
            throw SignatureError(.invalidFile, "valid-before is not later than valid-after")
        }
        return result
    }

    private static func set(
        _ name: String, _ value: String?, in options: inout Options
    ) throws(SignatureError) {
        switch (name, value) {
        case ("cert-authority", nil): options.isAuthority = true
        case ("namespaces", let value?): options.namespaces = try PatternList(value)
        case ("valid-after", let value?): options.validAfter = try SignerTime.parse(value)
        case ("valid-before", let value?): options.validBefore = try SignerTime.parse(value)
        case ("namespaces", nil), ("valid-after", nil), ("valid-before", nil):
            throw SignatureError(
                .invalidFile, "the option \(name) has no value", remedy: "write \(name)=\"…\"")
        default:
            throw SignatureError(
                .invalidFile,
                "\(name.prefix(64).debugDescription) is neither an option nor a "
                    + "type of key that is accepted",
                remedy: "the options are cert-authority, namespaces, valid-after and valid-before")
        }
    }

    /// The quoted value behind `=`; `\"` stands for a quote.
    private static func quoted(_ rest: inout Substring) throws(SignatureError) -> String {
        rest = rest.dropFirst()
        guard rest.first == "\"" else {
            throw SignatureError(
                .invalidFile, "the value of an option is not in quotes",
                remedy: "write it as namespaces=\"git\"")
        }
        rest = rest.dropFirst()
        var result = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return result
            case "\\" where rest.first == "\"":
                rest = rest.dropFirst()
                result.append("\"")
            default: result.append(character)
            }
        }
        throw SignatureError(.invalidFile, "the value of an option has no closing quote")
    }
}
