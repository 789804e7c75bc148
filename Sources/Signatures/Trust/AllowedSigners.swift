import Basics

/// The allowed SSH keys, for what and when: the format ALLOWED SIGNERS of ssh-keygen(1).
///
///     ada@example.com ssh-ed25519 AAAA…
///     bob@example.com,bob@home.example namespaces="git",valid-before="20270101Z" ssh-ed25519 AAAA…
package struct AllowedSigners: Sendable {
    /// One line of the file.
    struct Entry: Sendable {
        let principals: PatternList
        let options: SignerLine.Options
        let key: SSHPublicKey
        /// The line's number, from 1.
        let line: Int
    }

    /// The path of the file, as errors name it.
    package let file: String
    let entries: [Entry]

    /// Reads a file's text; throws `invalidFile` with the line unless every line is understood: one
    /// that was skipped could be one that restricts a key.
    package init(text: String, file: String) throws(SignatureError) {
        self.file = file
        let isKey = { SSHPublicKey.Kind(rawValue: $0) != nil }
        entries = try SignerFile.lines(text, file: file) { (text, line) throws(SignatureError) in
            guard let read = try SignerLine(text, isKey: isKey) else { return nil }
            return Entry(
                principals: read.principals, options: read.options,
                key: try SSHPublicKey(line: read.key), line: line)
        }
    }

    /// Reads the file at `path`; throws `unsafeFile` where other users can change it.
    package static func read(_ path: String) throws(SignatureError) -> AllowedSigners {
        try AllowedSigners(text: try TrustedFile.text(path), file: path)
    }
}

/// Reading lines, for both files of allowed signers.
enum SignerFile {
    /// The results of `read` for each line; errors name the file and the line.
    static func lines<Entry>(
        _ text: String, file: String,
        _ read: (_ text: String, _ line: Int) throws(SignatureError) -> Entry?
    ) throws(SignatureError) -> [Entry] {
        var result: [Entry] = []
        // By bytes: in Swift, a carriage return and a line feed are one character.
        let lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (place, line) in lines.enumerated() {
            let bare = Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            do throws(SignatureError) {
                // A blank or comma with a combining accent is another character to Swift, not to
                // others.
                guard
                    bare.allSatisfy({
                        $0.unicodeScalars.count == 1
                            || $0.unicodeScalars.first?.isASCII == false
                    })
                else {
                    throw SignatureError(
                        .invalidFile, "an accent behind a plain character",
                        remedy: "write letters with accents in their composed form")
                }
                guard
                    bare.unicodeScalars.allSatisfy({
                        $0 == "\t" || $0.properties.generalCategory != .control
                    })
                else { throw SignatureError(.invalidFile, "a control character") }
                if let entry = try read(String(bare), place + 1) { result.append(entry) }
            } catch {
                throw SignatureError(
                    .invalidFile, "\(file):\(place + 1): \(error.fault)", remedy: error.remedy)
            }
        }
        return result
    }
}

extension SignerLine.Options {
    /// Why an entry with these names and options does not allow the signature; nil where it does.
    ///
    /// - Parameter principal: the required signer; nil for any that the entry names.
    func refusal(
        of namespace: String, at time: Timestamp, principal: String?, named names: PatternList,
        place: String
    ) -> SignatureError? {
        if let principal, !names.matches(principal) {
            return SignatureError(
                .wrongPrincipal,
                "\(place) knows the key, and not as that of " + principal.debugDescription)
        }
        if let namespaces, !namespaces.matches(namespace) {
            return SignatureError(
                .wrongNamespace, "\(place) does not let the key sign for \(namespace)",
                remedy: "add it to its namespaces, or sign with another key")
        }
        if let validAfter, time < validAfter {
            return SignatureError(
                .notYetValid,
                "\(place) lets the key sign from \(validAfter) on, and this is of "
                    + "\(time)")
        }
        if let validBefore, time > validBefore {
            return SignatureError(
                .expired, "\(place) lets the key sign until \(validBefore), and this is of \(time)",
                remedy: "sign with a key that is valid")
        }
        return nil
    }
}
