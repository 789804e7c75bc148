/// A file's bytes with what turns offsets into places.
struct SourceText {
    let bytes: UnsafeBufferPointer<UInt8>
    let file: String
    /// The offset at which each line starts.
    private let lineStarts: [Int]

    init(bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.bytes = bytes
        self.file = file
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// The line of `offset`, from 1.
    func line(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    func location(of offset: Int) -> SourceLocation {
        let line = line(of: offset)
        return SourceLocation(
            file: file, line: line, column: offset - lineStarts[line - 1] + 1)
    }

    func error(
        _ code: SchemaError.Code, _ message: String, remedy: String? = nil, at range: Range<Int>
    ) -> SchemaError {
        SchemaError(code, message, remedy: remedy, in: bytes, at: range)
    }
}
