/// What stands before the compressed bytes of an object in a pack (git's
/// Documentation/technical/pack-format).
enum PackEntry {
    /// The number of the type of an object that is stored as a difference from one before it.
    static let difference: UInt8 = 6

    /// The type and the size: four bits and then seven a byte, the lowest first.
    static func header(type: UInt8, size: Int) -> [UInt8] {
        var size = size
        var byte = type << 4 | UInt8(size & 15)
        size >>= 4
        var header: [UInt8] = []
        while size > 0 {
            header.append(byte | 0x80)
            byte = UInt8(size & 0x7f)
            size >>= 7
        }
        return header + [byte]
    }

    /// How far before an object its base begins: seven bits a byte, the highest first, each but
    /// the last one more than it says.
    static func distance(_ distance: Int) -> [UInt8] {
        var bytes = [UInt8(distance & 0x7f)]
        var rest = distance >> 7
        while rest > 0 {
            rest -= 1
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes.reversed()
    }
}
