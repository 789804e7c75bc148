import Foundation
import Git

/// Reduces the spellings of a person to one: letter case, Unicode form, spaces, `+tag`, and the
/// entries of the mailmap.
///
/// Letters that merely look alike stay different: only a signature proves who it was.
package struct PeopleFolding: Sendable {
    /// Whether `ada+ci@example.com` and `ada@example.com` count as the same person.
    package let foldsTags: Bool
    private let mailmaps: [Mailmap]
    /// Why spellings of one person may be taken for several people; nil where all are known.
    package let unknown: String?

    /// - Parameter mailmaps: those of the followed branch. Each one only adds spellings, so that a
    ///   line in one of them cannot remove a name.
    package init(foldsTags: Bool = true, mailmaps: [Mailmap] = [], unknown: String? = nil) {
        self.foldsTags = foldsTags
        self.mailmaps = mailmaps
        self.unknown = unknown
    }

    /// Every folded spelling of one person; empty where there is no name.
    package func keys(of person: GitPerson) -> Set<String> {
        var spellings = [person]
        for map in mailmaps {
            // libgit2 looks up any two texts: it refuses a null pointer alone, which is none here.
            if let proper = try? map.proper(person) { spellings.append(proper) }
            let plain = GitPerson(name: fold(person.name), email: fold(person.email))
            if let proper = try? map.proper(plain) { spellings.append(proper) }
        }
        let all = spellings.flatMap { [fold($0.name), fold($0.email)] }
        return Set(all).subtracting([""])
    }

    /// The same for a text from an approval or the command line: a name, an address, or both.
    package func keys(of spelled: String) -> Set<String> {
        let person = GitPerson(spelled: spelled)
        guard person.email.isEmpty, person.name.contains("@") else { return keys(of: person) }
        return keys(of: GitPerson(name: person.name, email: person.name))
    }

    /// A text in the form in which it is compared.
    package func fold(_ text: String) -> String {
        var folded = text
        // Normalising can produce letters that fold once more; two rounds are enough for all of
        // Unicode.
        for _ in 0..<2 {
            folded = Self.visible(folded.precomposedStringWithCompatibilityMapping)
            folded = folded.uppercased().lowercased()
        }
        folded = folded.precomposedStringWithCanonicalMapping
        let words = folded.split(whereSeparator: \.isWhitespace)
        guard folded.contains("@") else { return words.joined(separator: " ") }
        return address(words.joined())
    }

    /// The text without invisible characters: joiners, direction marks, soft hyphens and control
    /// characters.
    private static func visible(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format {
                continue
            }
            let isControl = properties.generalCategory == .control
            if isControl, !properties.isWhitespace { continue }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    private func address(_ text: String) -> String {
        let bare = text.filter { !"<>\"".contains($0) }
        guard let at = bare.lastIndex(of: "@") else { return bare }
        var local = String(bare[..<at])
        if foldsTags, let plus = local.firstIndex(of: "+"), plus != local.startIndex {
            local = String(local[..<plus])
        }
        var host = String(bare[bare.index(after: at)...])
        while host.last == "." { host.removeLast() }
        return "\(local)@\(host)"
    }
}
