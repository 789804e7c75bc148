/// The `SHOW CREATE TABLE` text of a server with `lower_case_table_names=2`, which keeps the letter
/// case of names and compares them in lower case.
///
/// Such a server prints a table's name in the letter case of the statement that asked, and a
/// parent's in that of the foreign key: neither tells the case of the stored name.
package enum FoldedText {
    /// The text with the table's own name and its parents' in lower case; nil where they already
    /// are, or where the text cannot be read.
    package static func ofTable(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let tokens = ObjectHeader.tokens(of: text) else { return nil }
        var places: [Int] = []
        if tokens.count > 2, tokens[2].kind == .quotedName { places.append(2) }
        for index in tokens.indices.dropLast()
        where tokens[index].kind == .word
            && Keyword.spells(text, tokens[index].range, "REFERENCES")
        {
            places.append(index + 1)
            let isQualified =
                index + 3 < tokens.count && tokens[index + 2].kind == .symbol
                && text[tokens[index + 2].start] == UInt8(ascii: ".")
            if isQualified { places.append(index + 3) }
        }
        var bytes = Array(text)
        var isChanged = false
        for place in places.reversed() where tokens[place].kind == .quotedName {
            let name = Unquoted.name(text, tokens[place].range)
            let stored = NameFolding.asGiven.stored(name)
            guard !stored.utf8.elementsEqual(name.utf8) else { continue }
            bytes.replaceSubrange(tokens[place].range, with: SQL.identifier(stored).utf8)
            isChanged = true
        }
        return isChanged ? bytes : nil
    }
}
