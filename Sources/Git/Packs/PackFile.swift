import Basics
import CZlib
import Crypto
import Store

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
        var entries: [PackIndex.Entry] = []
        entries.reserveCapacity(objects.count)
        for object in objects {
            let start = pack.content.count
            pack.content += Self.header(of: object)
            try deflater.deflate(object.bytes, into: &pack.content)
            let sum = pack.content[start...].withUnsafeBufferPointer {
                crc32(0, $0.baseAddress, UInt32($0.count))
            }
            entries.append(
                PackIndex.Entry(
                    id: object.id, offset: start, checksum: UInt32(sum)))
        }
        let trailer = ObjectHash.digest(of: pack.content)
        pack.content += trailer
        self.pack = pack.content
        index = PackIndexWriter.index(of: entries, trailer: trailer)
        name = "pack-" + (ObjectID(bytes: trailer).hex)
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
}
