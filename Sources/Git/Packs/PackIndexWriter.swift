import Basics
import Crypto

/// Makes the index (version 2) of a pack.
enum PackIndexWriter {
    /// - Parameters:
    ///   - entries: in any order, each id once, with their checksums.
    ///   - trailer: the SHA-1 at the end of the pack.
    static func index(of entries: [PackIndex.Entry], trailer: [UInt8]) -> [UInt8] {
        let entries = entries.sorted { $0.id < $1.id }
        var index = Bytes([0xff, 0x74, 0x4f, 0x63])
        index.append(UInt32(2))
        var counts: [UInt32] = Array(repeating: 0, count: 256)
        for entry in entries { counts[Int(entry.id.firstByte)] += 1 }
        var sum: UInt32 = 0
        for count in counts {
            sum += count
            index.append(sum)
        }
        for entry in entries { index.content += entry.id.bytes }
        for entry in entries { index.append(entry.checksum ?? 0) }
        var wide: [Int] = []
        for entry in entries {
            if entry.offset < 1 << 31 {
                index.append(UInt32(entry.offset))
            } else {
                index.append(0x8000_0000 | UInt32(wide.count))
                wide.append(entry.offset)
            }
        }
        for offset in wide {
            index.append(UInt32(truncatingIfNeeded: offset >> 32))
            index.append(UInt32(truncatingIfNeeded: offset))
        }
        index.content += trailer
        index.content += ObjectHash.digest(of: index.content)
        return index.content
    }
}

/// Bytes to which numbers are appended, the highest byte first.
struct Bytes {
    var content: [UInt8]

    init(_ content: [UInt8]) { self.content = content }

    mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { content.append(contentsOf: $0) }
    }
}
