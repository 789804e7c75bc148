import Schema

/// The lines of a file of secrets: in each a name, a kind and a secret.
///
/// They end as those of any editor do, with CR LF, too. Empty lines, and lines that begin with `#`,
/// say nothing.
package struct SecretLines {
    /// One line that says something.
    package struct Line {
        /// `file:line`, for errors, which never repeat what stands in a line.
        package let place: String
        package let name: String
        package let kind: String
        package let secret: String
    }

    package let lines: [Line]

    /// The fewest letters of a secret that somebody made up.
    package static let leastLetters = 24

    /// - Parameters:
    ///   - path: for errors.
    ///   - what: what a line is: `a token is a name, a role and a secret`.
    ///   - example: a line as it should be.
    package init(
        _ text: String, path: String, what: String, example: String
    ) throws(TokenError) {
        var lines: [Line] = []
        let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in all.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let place = "\(path):\(number + 1)"
            guard words.count == 3 else {
                throw TokenError(
                    "\(place): \(what), and here are \(Count.of(words.count, "word"))",
                    remedy: "write it like `\(example)`")
            }
            lines.append(Line(place: place, name: first, kind: words[1], secret: words[2]))
        }
        self.lines = lines
    }

    /// The kind of a line, one of those that there are.
    package static func kind<Kind: RawRepresentable & CaseIterable>(
        of line: Line, _ what: String, as kind: Kind.Type = Kind.self
    ) throws(TokenError) -> Kind where Kind.RawValue == String {
        guard let kind = Kind(rawValue: line.kind) else {
            throw TokenError(
                "\(line.place): the second word is no \(what)",
                remedy: "use \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return kind
    }

    /// Throws where the secret is one that can be guessed.
    ///
    /// - Parameter more: what else to do with the new secret: `, and give it to the forge`.
    package static func requireLength(
        of line: Line, more: String = ""
    ) throws(TokenError) {
        guard line.secret.utf8.count >= leastLetters else {
            throw TokenError(
                "\(line.place): the secret is shorter than \(leastLetters) letters",
                remedy: "make one with `openssl rand -hex 32`" + more)
        }
    }
}
