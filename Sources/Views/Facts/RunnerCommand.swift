/// Finds text in a line of output that a CI runner would take as a command.
///
/// It knows the commands of GitHub (`::set-env …::`, `##[…]`), Azure Pipelines (`##vso[…]`),
/// TeamCity (`##teamcity[…]`), GitLab (`section_start:`) and Travis (`travis_fold:`), and the
/// groups of Buildkite, which start with `--- `, `+++ `, `~~~ ` or `^^^ `. Escaping one character
/// of each keeps it readable and has no effect on a runner.
enum RunnerCommand {
    /// The positions in a line at which one character has to be escaped.
    ///
    /// - Parameter opensLine: whether it is the beginning of an output line, the only place where
    ///   Buildkite looks for groups.
    static func places(in line: [Unicode.Scalar], opensLine: Bool = false) -> [Int] {
        var places: [Int] = []
        // GitHub's runner ignores leading white space, as .NET's `Trim` defines it.
        let start = line.firstIndex { !$0.properties.isWhitespace } ?? line.endIndex
        if start + 1 < line.count, line[start] == ":", line[start + 1] == ":" {
            places.append(start)
        }
        if opensLine, opensGroup(line) { places.append(0) }
        for index in line.indices {
            if line[index] == "#", isBracketWord(line, from: index) { places.append(index + 1) }
            if line[index] == ":", words.contains(where: { ends(line[..<index], with: $0) }) {
                places.append(index)
            }
        }
        return places
    }

    private static let words = [
        "section_start", "section_end", "travis_fold", "travis_time",
    ].map { Array($0.unicodeScalars) }

    private static func ends(_ line: ArraySlice<Unicode.Scalar>, with word: [Unicode.Scalar])
        -> Bool
    {
        line.count >= word.count && line.suffix(word.count).elementsEqual(word)
    }

    /// Whether `##`, letters and `[` start here; some runners accept that anywhere in a line.
    private static func isBracketWord(_ line: [Unicode.Scalar], from index: Int) -> Bool {
        guard index + 2 < line.count, line[index + 1] == "#" else { return false }
        var place = index + 2
        while place < line.count, line[place].isASCII, line[place].properties.isAlphabetic {
            place += 1
        }
        return place < line.count && line[place] == "["
    }

    private static func opensGroup(_ line: [Unicode.Scalar]) -> Bool {
        guard line.count > 3, let first = line.first, ["-", "+", "~", "^"].contains(first) else {
            return false
        }
        return line[1] == first && line[2] == first && line[3].properties.isWhitespace
    }
}
