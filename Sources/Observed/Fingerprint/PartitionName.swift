/// InnoDB's names for the partitions of a table: `orders#P#p0`.
enum PartitionName {
    private static let marks = ["#P#", "#p#"]

    static func table(of name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "#")) else { return name }
        for mark in marks {
            if let range = name.firstRange(of: mark) { return String(name[..<range.lowerBound]) }
        }
        return name
    }

    static func isLike(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "#")) && marks.contains { name.contains($0) }
    }
}
