/// Texts about errors without what looks like a secret that was put in a wrong place.
///
/// A net, not the rule: an error names the place of a value that should be secret, and not the
/// value. What comes from a server, a library or a line of a file is looked through here.
package enum Redacted {
    private static let hidden = "***"

    /// `text` without passwords in addresses and in SQL.
    package static func text(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) || text.utf8.contains(UInt8(ascii: "'")) else {
            return text
        }
        var result = text.replacing(addresses) { match in
            "\(match.1)://\(address(String(match.2), scheme: String(match.1)))@"
        }
        result = result.replacing(accounts) { "\(hidden)@\($0.1)" }
        return result.replacing(statements) { "\($0.1)'\(hidden)'" }
    }

    /// A line of a file that is shown with an error: also without values of telling names.
    package static func line(_ line: String) -> String {
        text(line).replacing(values) { "\($0.1)\(hidden)" }
    }

    /// `scheme://…@`, up to the last `@` of the word.
    private static var addresses: Regex<(Substring, Substring, Substring)> {
        #/([A-Za-z][A-Za-z0-9+.\-]*):\/\/([^\s"'`<>]*)@/#.matchingSemantics(.unicodeScalar)
    }

    /// `user:password@host` without a scheme.
    private static var accounts: Regex<(Substring, Substring)> {
        #/[^\s@:\/"'`]+:[^\s@\/"'`]+@([A-Za-z0-9.\-\[])/#.matchingSemantics(.unicodeScalar)
    }

    private static var statements: Regex<(Substring, Substring)> {
        #/
        (
            (?: identified \s+ by | identified \s+ with \s+ \S+ \s+ (?:by|as)
              | password \s* [\(=]? ) \s*
        )
        ' (?: [^'\\] | \\. | '' )* '?
        /#.ignoresCase().matchingSemantics(.unicodeScalar)
    }

    private static var values: Regex<(Substring, Substring)> {
        #/
        (
            (?: password | passwd | pwd | passphrase | secret | token | api_?key | private_?key )
            ["'`]? \s* [:=] \s*
        )
        (?: "[^"]*"? | '[^']*'? | [^\s,})\]]+ )
        /#.ignoresCase().matchingSemantics(.unicodeScalar)
    }

    /// What may stay of what stands before the `@`.
    private static func address(_ text: String, scheme: String) -> String {
        let authority = text.prefix { $0 != "/" }
        guard authority.count < text.count else {
            let isSecret = text.contains(":") || ["http", "https"].contains(scheme.lowercased())
            return isSecret ? hidden : text
        }
        // The `@` is in a path, but for a password that has a `/` in it.
        if let at = authority.lastIndex(of: "@") {
            return hidden + text[at...]
        }
        guard let colon = authority.firstIndex(of: ":") else { return text }
        let port = authority[authority.index(after: colon)...]
        return port.allSatisfy(\.isNumber) && !port.isEmpty ? text : hidden
    }
}
