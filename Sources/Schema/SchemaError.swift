/// Why a schema text could not be read, and where.
package struct SchemaError: Error, Hashable, Sendable {
    /// The kinds of errors.
    package enum Code: String, Hashable, Sendable {
        /// Another token was expected.
        case syntax
        case unterminatedString, unterminatedName, unterminatedComment, unbalancedParenthesis
        /// A file without a single statement.
        case emptyFile
        /// Text that no statement begins with.
        case unknownStatement
        case unknownColumnType
        /// A column, key or constraint that is defined twice.
        case duplicateName
        /// A clause that no supported form of a statement has, or that files may not use.
        case refused
        /// A formatted file that would not mean the same: a fault of the formatter, not of the
        /// file.
        case notPreserved
    }

    package let code: Code
    /// What is wrong: one sentence without a full stop.
    package let message: String
    /// What to do about it, where Plumb has a guess: ``did you mean `decimal`?``
    package let remedy: String?
    /// The path, where the text came from a file.
    package let file: String?
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in UTF-8 bytes.
    package let column: Int
    /// The length of the marked text in bytes; at least 1.
    package let length: Int
    /// The line with the error, without its line feed.
    package let sourceLine: String

    /// An error about the bytes `range` of `bytes`.
    package init(
        _ code: Code, _ message: String, remedy: String? = nil, file: String? = nil,
        in bytes: UnsafeBufferPointer<UInt8>, at range: Range<Int>
    ) {
        let place = LineMap.place(of: range.lowerBound, in: bytes)
        let lineRange = LineMap.lineRange(around: range.lowerBound, in: bytes)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.file = file
        line = place.line
        column = place.column
        length = max(1, min(range.upperBound, lineRange.upperBound) - range.lowerBound)
        sourceLine = String(
            decoding: UnsafeBufferPointer(rebasing: bytes[lineRange]), as: UTF8.self)
    }

    private init(
        _ other: SchemaError, message: String? = nil, file: String? = nil,
        behind start: (line: Int, column: Int) = (1, 1)
    ) {
        let shift = other.line == 1 ? start.column - 1 : 0
        code = other.code
        self.message = message ?? other.message
        remedy = other.remedy
        self.file = file ?? other.file
        line = other.line + start.line - 1
        column = other.column + shift
        length = other.length
        sourceLine = String(repeating: " ", count: shift) + other.sourceLine
    }

    /// The same error, in this file.
    package func inFile(_ file: String) -> SchemaError { SchemaError(self, file: file) }

    /// The same error of a text that begins at `place` of a file.
    package func at(_ place: SourceLocation) -> SchemaError {
        SchemaError(self, file: place.file, behind: (place.line, place.column))
    }

    /// The same error with `note` behind its message.
    func adding(_ note: String) -> SchemaError { SchemaError(self, message: message + note) }

    /// The place of the error; nil where its text came from no file.
    package var location: SourceLocation? {
        file.map { SourceLocation(file: $0, line: line, column: column) }
    }
}

extension SchemaError: CustomStringConvertible {
    package var description: String {
        let place = (file.map { "\($0):" } ?? "") + "\(line):\(column)"
        return "\(place): \(message)" + (remedy.map { "; \($0)" } ?? "")
    }
}

/// Turns byte offsets into lines and columns.
enum LineMap {
    /// The line and column of `offset`, both from 1; reads everything before it once.
    static func place(
        of offset: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (line: Int, column: Int) {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return (line, offset - lineStart + 1)
    }

    /// The bytes of the line that holds `offset`, without its line feed and carriage return.
    static func lineRange(around offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let middle = min(max(offset, 0), bytes.count)
        var start = middle
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        var end = middle
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<max(start, end)
    }
}
