/// Words at which the runner of a continuous integration takes a line of output for a command.
///
/// Known are GitHub (`::set-env …::`, `##[…]`), Azure Pipelines (`##vso[…]`), TeamCity
/// (`##teamcity[…]`), GitLab (`section_start:`), Travis (`travis_fold:`), and Buildkite, which
/// opens a group at `--- `, `+++ `, `~~~ ` and `^^^ `. One character of each, written as an
/// escape, leaves a reader the words and a runner nothing.
enum RunnerCommand {
    /// The places in one line of which each has to be written as an escape.
    ///
    /// - Parameter opensLine: whether the line may begin a line of the output; groups of Buildkite
    ///   are looked for only there.
    static func places(in line: [Unicode.Scalar], opensLine: Bool = false) -> [Int] {
        var places: [Int] = []
        // GitHub trims what is before its words, as .NET does.
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

    /// `##`, letters and `[`: some runners look for it anywhere in a line.
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
