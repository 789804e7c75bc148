import Schema

/// Abbreviates lists of shard names: `commerce_{00..16,18..22}`.
package enum ShardNames {
    /// The names, grouped where they differ in one number of equal width.
    ///
    /// It is exact: `expand` returns the same names, sorted and without duplicates. Numbers are
    /// decimal unless one of the group has a letter; a name that could be misread is quoted.
    package static func compact(_ names: [String]) -> String {
        var groups: [Shape: Set<String>] = [:]
        var alone: Set<String> = []
        for name in names {
            if let (shape, number) = split(name) {
                groups[shape, default: []].insert(number)
            } else {
                alone.insert(name)
            }
        }
        var parts = alone.map { (first: $0, text: quotedIfNeeded($0)) }
        for (shape, numbers) in groups {
            let sorted = numbers.sorted()
            let first = shape.prefix + (sorted.first ?? "") + shape.suffix
            let text =
                sorted.count == 1 ? first : shape.prefix + "{" + runs(sorted) + "}" + shape.suffix
            parts.append((first, text))
        }
        return parts.sorted { $0.first < $1.first }.map(\.text).joined(separator: ", ")
    }

    /// `22 of 24 shards`.
    package static func count(_ count: Int, of total: Int) -> String {
        Count.of(count, of: total, "shard")
    }

    /// The common part of the names of a group.
    private struct Shape: Hashable {
        let prefix: String
        let suffix: String
        let width: Int
    }

    /// The number in a name: its last word when that is hexadecimal, else the last hexadecimal word
    /// with a digit, else the digits at its end.
    private static func split(_ name: String) -> (Shape, number: String)? {
        guard !needsQuotes(name) else { return nil }
        let bytes = Array(name.utf8)
        var words: [Range<Int>] = []
        var start: Int?
        for place in 0...bytes.count {
            let inWord = place < bytes.count && isWordByte(bytes[place])
            if inWord, start == nil { start = place }
            if !inWord, let begun = start {
                words.append(begun..<place)
                start = nil
            }
        }
        let last = words.last.flatMap { isHex(bytes[$0]) ? $0 : nil }
        let numbered = words.last { isHex(bytes[$0]) && bytes[$0].contains(where: isDigit) }
        let digits = bytes.count - bytes.reversed().prefix(while: isDigit).count
        let tail = digits < bytes.count ? digits..<bytes.count : nil
        guard let place = last ?? numbered ?? tail, place.count <= 15 else { return nil }
        let text = { (range: Range<Int>) in String(decoding: bytes[range], as: UTF8.self) }
        return (
            Shape(
                prefix: text(0..<place.lowerBound), suffix: text(place.upperBound..<bytes.count),
                width: place.count),
            text(place)
        )
    }

    /// `00..16,18`, with consecutive numbers as ranges; where ranges count in hexadecimal, at least
    /// one bound shows a letter.
    private static func runs(_ numbers: [String]) -> String {
        let isHex = numbers.contains { $0.utf8.contains { !isDigit($0) } }
        let radix = isHex ? 16 : 10
        var ranges: [[String]] = []
        for number in numbers {
            if let before = ranges.last?.last, let old = UInt64(before, radix: radix),
                UInt64(number, radix: radix) == old + 1
            {
                ranges[ranges.count - 1].append(number)
            } else {
                ranges.append([number])
            }
        }
        let showsLetter = ranges.contains { range in
            [range.first, range.last].contains { $0?.utf8.contains { !isDigit($0) } ?? false }
        }
        if isHex, !showsLetter { ranges = splitAtLetter(ranges) }
        return ranges.map { range in
            guard let first = range.first, let last = range.last, range.count > 1 else {
                return range.joined()
            }
            return range.count == 2 ? "\(first),\(last)" : "\(first)..\(last)"
        }.joined(separator: ",")
    }

    /// Splits one range after its last number with a letter, so that a bound shows one.
    private static func splitAtLetter(_ ranges: [[String]]) -> [[String]] {
        var result = ranges
        for (place, range) in ranges.enumerated() {
            guard let cut = range.lastIndex(where: { $0.utf8.contains { !isDigit($0) } }) else {
                continue
            }
            result[place] = Array(range[...cut])
            result.insert(Array(range[(cut + 1)...]), at: place + 1)
            return result
        }
        return result
    }

    // MARK: Letters

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHex(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || byte >= 0x80
    }

    /// Whether a name could be misread as several names or as a group.
    static func needsQuotes(_ name: String) -> Bool {
        name.isEmpty
            || name.unicodeScalars.contains {
                ",{}\" \u{A0}".unicodeScalars.contains($0) || Visible.isHidden($0)
            }
    }

    static func quotedIfNeeded(_ name: String) -> String {
        guard needsQuotes(name) else { return name }
        var text = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            default:
                if Visible.isHidden(scalar) {
                    text += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text + "\""
    }
}
