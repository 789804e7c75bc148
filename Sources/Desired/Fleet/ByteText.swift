/// Reads `512MB`, `1GB`, `4KB`, `100B`: a whole number of bytes, by units of 1024.
enum ByteText {
    private static let units: [(name: String, bytes: UInt64)] = [
        ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1),
    ]

    /// The size in bytes; nil where `text` is none.
    static func bytes(_ text: String) -> UInt64? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        guard digits.count <= 6, let count = UInt64(digits),
            let found = units.first(where: { $0.name == unit })
        else { return nil }
        return count * found.bytes
    }
}
