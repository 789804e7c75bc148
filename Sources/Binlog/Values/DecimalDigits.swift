/// The bytes of a DECIMAL: groups of nine digits in four bytes, the highest first, and what is left
/// over in as few as it needs. The first bit is set for numbers from 0 on; of those below, all bits
/// are turned over.
///
/// https://dev.mysql.com/doc/dev/mysql-server/latest/namespacedecimal.html
struct DecimalDigits: Hashable, Sendable {
    /// How many digits stand before the point.
    private let whole: Int
    /// How many stand behind it.
    private let scale: Int

    /// How many bytes so many digits need.
    private static let size = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]

    init(precision: Int, scale: Int) throws(BinlogError) {
        guard (1...65).contains(precision), scale <= 38, scale <= precision else {
            throw BinlogError(.damaged, "there is no DECIMAL(\(precision),\(scale))")
        }
        whole = precision - scale
        self.scale = scale
    }

    /// The number of bytes of each value.
    private var count: Int {
        whole / 9 * 4 + Self.size[whole % 9] + scale / 9 * 4 + Self.size[scale % 9]
    }

    /// The number with all digits of its fraction.
    func text(from cursor: inout ByteCursor) throws(BinlogError) -> String {
        var bytes = try cursor.take(count)
        let isNegative = (bytes.first ?? 0) & 0x80 == 0
        if !bytes.isEmpty { bytes[0] ^= 0x80 }
        if isNegative { for place in bytes.indices { bytes[place] = ~bytes[place] } }
        var groups = ByteCursor(bytes)
        var digits = try Self.group(whole % 9, &groups)
        for _ in 0..<whole / 9 { digits += try Self.group(9, &groups) }
        digits = String(digits.drop { $0 == "0" })
        if digits.isEmpty { digits = "0" }
        var fraction = ""
        for _ in 0..<scale / 9 { fraction += try Self.group(9, &groups) }
        fraction += try Self.group(scale % 9, &groups)
        return (isNegative ? "-" : "") + digits + (scale > 0 ? "." + fraction : "")
    }

    /// So many digits, with zeros before them.
    private static func group(
        _ count: Int, _ cursor: inout ByteCursor
    ) throws(BinlogError) -> String {
        guard count > 0 else { return "" }
        let text = "\(try cursor.big(size[count]))"
        guard text.utf8.count <= count else {
            throw BinlogError(.damaged, "a DECIMAL has \(text) where \(count) digits belong")
        }
        return String(repeating: "0", count: count - text.utf8.count) + text
    }
}
