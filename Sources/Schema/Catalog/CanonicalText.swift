/// The text of `SHOW CREATE TABLE` without `AUTO_INCREMENT=n`, which is state and not schema.
package enum CanonicalText {
    /// `text` without ` AUTO_INCREMENT=n` among the table options, and the `n`.
    ///
    /// The same words within comments, defaults and names stay. A text of another shape comes back
    /// unchanged.
    package static func stripAutoIncrement(
        _ text: UnsafeBufferPointer<UInt8>
    ) -> (bytes: [UInt8], counter: UInt64?) {
        guard let found = counterRange(in: text) else { return (Array(text), nil) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count - found.range.count)
        bytes.append(contentsOf: text[..<found.range.lowerBound])
        bytes.append(contentsOf: text[found.range.upperBound...])
        return (bytes, found.value)
    }

    /// The digest of `text` without its counter, by which Plumb identifies a table's definition.
    package static func digest(_ text: UnsafeBufferPointer<UInt8>) -> Digest {
        guard counterRange(in: text) != nil else { return Digest(of: text) }
        return Digest(of: stripAutoIncrement(text).bytes)
    }

    /// The digest of `text` without its counter.
    package static func digest(_ text: [UInt8]) -> Digest {
        text.withUnsafeBufferPointer { digest($0) }
    }

    private static let counterWords: StaticString = " AUTO_INCREMENT="

    /// The bytes of ` AUTO_INCREMENT=n` behind the table's closing parenthesis.
    private static func counterRange(
        in text: UnsafeBufferPointer<UInt8>
    ) -> (range: Range<Int>, value: UInt64)? {
        guard mayHaveCounter(text) else { return nil }
        var depth = 0
        var isBehindBody = false
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                index = endOfQuoted(from: index, in: text)
                continue
            case UInt8(ascii: "("):
                depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { isBehindBody = true }
            case UInt8(ascii: "\n") where isBehindBody && depth == 0:
                return nil
            case UInt8(ascii: " ") where isBehindBody && depth == 0:
                if let found = counter(at: index, in: text) { return found }
            default:
                break
            }
            index += 1
        }
        return nil
    }

    /// False where the words of the counter stand nowhere in the text, as in nearly all: they end
    /// in `=`, which is rare.
    private static func mayHaveCounter(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let sign = UInt8(ascii: "=")
        let length = counterWords.utf8CodeUnitCount
        var index = 0
        while index < text.count {
            if index + EightBytes.count <= text.count {
                let skipped = EightBytes(text, at: index).length(before: sign, or: sign)
                index += skipped
                if skipped == EightBytes.count { continue }
            }
            if text[index] == sign, index >= length - 1 {
                let isHere = counterWords.withUTF8Buffer { words in
                    words.elementsEqual(text[(index + 1 - length)...index])
                }
                if isHere { return true }
            }
            index += 1
        }
        return false
    }

    private static func endOfQuoted(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        let quote = text[start]
        let hasEscapes = quote != UInt8(ascii: "`")
        var index = start + 1
        while index < text.count {
            if text[index] == quote {
                // A doubled quote begins another quoted text, which ends where the name ends.
                return index + 1
            }
            index += hasEscapes && text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return text.count
    }

    private static func counter(
        at start: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> (range: Range<Int>, value: UInt64)? {
        let digits = start + counterWords.utf8CodeUnitCount
        let isHere = counterWords.withUTF8Buffer { words in
            digits < text.count && words.elementsEqual(text[start..<digits])
        }
        guard isHere else { return nil }
        var end = digits
        var value: UInt64 = 0
        while end < text.count, text[end].isDigit {
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(text[end] - 0x30))
            guard !overflows, !carries else { return nil }
            value = sum
            end += 1
        }
        return end > digits ? (start..<end, value) : nil
    }
}
