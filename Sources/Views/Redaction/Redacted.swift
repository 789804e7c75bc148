/// Removes from error messages what looks like a secret in a wrong place.
///
/// This is a second line of defence: an error names the place of a secret and never its value.
/// Messages of servers and libraries and lines of files pass through here.
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

    /// A line of a file to show with an error: also without the values of keys such as `password`.
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

    /// The part before the `@` without its password.
    private static func address(_ text: String, scheme: String) -> String {
        let authority = text.prefix { $0 != "/" }
        guard authority.count < text.count else {
            let isSecret = text.contains(":") || ["http", "https"].contains(scheme.lowercased())
            return isSecret ? hidden : text
        }
        // The `@` may be part of a path, or of a password that contains a `/`.
        if let at = authority.lastIndex(of: "@") {
            return hidden + text[at...]
        }
        guard let colon = authority.firstIndex(of: ":") else { return text }
        let port = authority[authority.index(after: colon)...]
        return port.allSatisfy(\.isNumber) && !port.isEmpty ? text : hidden
    }
}
