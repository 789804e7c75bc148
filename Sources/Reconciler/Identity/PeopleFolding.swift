import Foundation
import Git

/// Makes one of the many spellings of a person: letter case, Unicode form, blanks, `+tag`, and
/// what the mailmap says.
///
/// It cannot tell letters that only look alike: for that a signature has to say who it was.
package struct PeopleFolding: Sendable {
    /// Whether `ada+ci@example.com` is `ada@example.com`.
    package let foldsTags: Bool
    private let mailmaps: [Mailmap]

    /// - Parameter mailmaps: those of the followed branch; each only adds spellings, so that
    ///   nobody gets rid of a name by a line in one of them.
    package init(foldsTags: Bool = true, mailmaps: [Mailmap] = []) {
        self.foldsTags = foldsTags
        self.mailmaps = mailmaps
    }

    /// Every folded spelling of one person; empty for nobody.
    package func keys(of person: GitPerson) -> Set<String> {
        var spellings = [person]
        for map in mailmaps {
            if let proper = try? map.proper(person) { spellings.append(proper) }
            let plain = GitPerson(name: fold(person.name), email: fold(person.email))
            if let proper = try? map.proper(plain) { spellings.append(proper) }
        }
        let all = spellings.flatMap { [fold($0.name), fold($0.email)] }
        return Set(all).subtracting([""])
    }

    /// As written in an approval or on the command line: a name, an address, or both.
    package func keys(of spelled: String) -> Set<String> {
        let person = GitPerson(spelled: spelled)
        guard person.email.isEmpty, person.name.contains("@") else { return keys(of: person) }
        return keys(of: GitPerson(name: person.name, email: person.name))
    }

    /// One text as it is compared.
    package func fold(_ text: String) -> String {
        var folded = text
        // A form may open up another fold: twice reaches the end for all of Unicode's letters.
        for _ in 0..<2 {
            folded = Self.visible(folded.precomposedStringWithCompatibilityMapping)
            folded = folded.uppercased().lowercased()
        }
        folded = folded.precomposedStringWithCanonicalMapping
        let words = folded.split(whereSeparator: \.isWhitespace)
        guard folded.contains("@") else { return words.joined(separator: " ") }
        return address(words.joined())
    }

    /// Without what nobody sees: joiners, marks of direction, soft hyphens, control characters.
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
