import CZlib
import Crypto

/// A pack and its index (version 2) in memory.
///
/// Every object is whole and compressed at the lowest level: that is quick, and compaction makes
/// deltas later.
struct PackFile {
    /// The name of both files without a suffix.
    let name: String
    let pack: [UInt8]
    let index: [UInt8]

    /// - Parameter objects: at least one, each with an id of its own.
    init(_ objects: [GitObject]) throws(GitError) {
        var pack = Bytes(Array("PACK".utf8))
        pack.append(UInt32(2))
        pack.append(UInt32(objects.count))
        let deflater = try Deflater()
        var entries: [Entry] = []
        entries.reserveCapacity(objects.count)
        for object in objects {
            let start = pack.content.count
            pack.content += Self.header(of: object)
            try deflater.deflate(object.bytes, into: &pack.content)
            let sum = pack.content[start...].withUnsafeBufferPointer {
                crc32(0, $0.baseAddress, UInt32($0.count))
            }
            entries.append(
                Entry(id: object.id, offset: UInt32(start), checksum: UInt32(sum)))
        }
        let trailer = HashAlgorithm.sha1.digest(of: pack.content)
        pack.content += trailer
        self.pack = pack.content
        index = Self.index(of: entries.sorted { $0.id < $1.id }, trailer)
        name = "pack-" + (ObjectID(bytes: trailer).hex)
    }

    private struct Entry {
        let id: ObjectID
        let offset: UInt32
        let checksum: UInt32
    }

    /// The type and the size: four bits and then seven a byte, the lowest first.
    private static func header(of object: GitObject) -> [UInt8] {
        var size = object.bytes.count
        var byte = object.kind.packType << 4 | UInt8(size & 15)
        size >>= 4
        var header: [UInt8] = []
        while size > 0 {
            header.append(byte | 0x80)
            byte = UInt8(size & 0x7f)
            size >>= 7
        }
        return header + [byte]
    }

    private static func index(of entries: [Entry], _ trailer: [UInt8]) -> [UInt8] {
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
        for entry in entries { index.append(entry.checksum) }
        for entry in entries { index.append(entry.offset) }
        index.content += trailer
        index.content += HashAlgorithm.sha1.digest(of: index.content)
        return index.content
    }
}

/// Bytes to which numbers are appended, the highest byte first.
private struct Bytes {
    var content: [UInt8]

    init(_ content: [UInt8]) { self.content = content }

    mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { content.append(contentsOf: $0) }
    }
}
