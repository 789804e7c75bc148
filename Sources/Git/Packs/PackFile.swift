import Basics
import CZlib
import Crypto
import Store

/// A pack and its index (version 2) in memory.
///
/// Every object is whole, and compressed at the lowest level or not at all: that is quick, and
/// compaction makes deltas later.
struct PackFile {
    /// The name of both files without a suffix.
    let name: String
    let pack: [UInt8]
    let index: [UInt8]

    /// Up to this length an object is not compressed: nearly all are trees of a few names, which
    /// are digests for the most part, and compressing one takes far longer than it saves.
    private static let shortLength = 512

    /// - Parameter objects: at least one, each with an id of its own.
    init(_ objects: [GitObject]) throws(GitError) {
        var pack = Bytes(Array("PACK".utf8))
        pack.append(UInt32(2))
        pack.append(UInt32(objects.count))
        let plain = try Deflater(level: Z_NO_COMPRESSION)
        let deflater =
            objects.contains { $0.bytes.count > Self.shortLength }
            ? try Deflater(level: Z_BEST_SPEED) : plain
        var entries: [PackIndex.Entry] = []
        entries.reserveCapacity(objects.count)
        for object in objects {
            let start = pack.content.count
            pack.content += PackEntry.header(
                type: object.kind.packType, size: object.bytes.count)
            let isShort = object.bytes.count <= Self.shortLength
            try (isShort ? plain : deflater).deflate(object.bytes, into: &pack.content)
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
}
