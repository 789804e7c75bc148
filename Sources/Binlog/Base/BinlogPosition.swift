/// A place between two events of a server's binary log.
package struct BinlogPosition: Hashable, Sendable {
    /// The name of the file, without a folder: `binlog.000042`.
    package let file: String
    /// Bytes from the start of the file.
    package let offset: UInt64

    package init(file: String, offset: UInt64) {
        self.file = file
        self.offset = offset
    }

    /// The number at the end of the file's name, which grows from file to file.
    private var fileNumber: UInt64? {
        file.split(separator: ".").last.flatMap { UInt64($0) }
    }
}

extension BinlogPosition: Comparable {
    /// Whether the first is before the second in the log of one server.
    package static func < (left: BinlogPosition, right: BinlogPosition) -> Bool {
        guard left.file != right.file else { return left.offset < right.offset }
        // Seven digits follow six: `.1000000` comes after `.999999`.
        if let one = left.fileNumber, let other = right.fileNumber, one != other {
            return one < other
        }
        return left.file < right.file
    }
}

extension BinlogPosition: CustomStringConvertible {
    package var description: String { "\(file):\(offset)" }
}
