import Basics
import Crypto
import Foundation

/// The index of a pack (version 2, or 1 of old programs), read from its file as it is needed.
struct PackIndex {
    /// The number of objects in the pack.
    let count: Int
    private let data: Data
    private let path: String
    private let layout: Layout

    /// Where the ids lie.
    private struct Layout {
        /// The bytes before the ids and what belongs to them: magic, version, counts by first byte.
        let tables: Int
        /// From one id to the next.
        let stride: Int
        /// What stands before each id.
        let before: Int
        let isOld: Bool

        static let old = Layout(tables: 256 * 4, stride: 24, before: 4, isOld: true)
        static let current = Layout(tables: 8 + 256 * 4, stride: 20, before: 0, isOld: false)
    }

    /// Where an object lies in the pack.
    struct Entry {
        let id: ObjectID
        /// In bytes from the beginning of the pack.
        let offset: Int
        /// The CRC-32 of its bytes in the pack; nil where the index is of version 1.
        let checksum: UInt32?
    }

    /// Throws `notFound` where the file is gone, `unreadable` where it cannot be read and `corrupt`
    /// where it is no index, is cut off or is damaged in its counts.
    init(path: String) throws(GitError) {
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            let isGone = access(path, F_OK) != 0 && errno == ENOENT
            throw GitError(isGone ? .notFound : .unreadable, "\(path) cannot be read")
        }
        let magic: [UInt8] = [0xff, 0x74, 0x4f, 0x63]
        layout = data.starts(with: magic) ? .current : .old
        guard data.count >= layout.tables + 2 * 20,
            layout.isOld || data.starts(with: magic + [0, 0, 0, 2])
        else { throw Self.damaged(path) }
        let first = layout.tables - 256 * 4
        let counts = (0..<256).map { [data] in Self.number(data, first + $0 * 4) }
        count = Int(counts[255])
        let rest = data.count - layout.tables - 2 * 20
        let isFitting =
            layout.isOld
            ? rest == count * 24 : rest >= count * 28 && rest <= count * (28 + 8)
        guard isFitting, zip(counts, counts.dropFirst()).allSatisfy(<=) else {
            throw Self.damaged(path)
        }
    }

    /// Whether the bytes of the file hash to the SHA-1 at its end.
    var isWhole: Bool { data.endsInItsHash }

    /// The SHA-1 at the end of the pack.
    var packTrailer: [UInt8] { Array(data.suffix(2 * 20).prefix(20)) }

    /// Whether it is of version 1, which knows no checksums of objects.
    var isOld: Bool { layout.isOld }

    private static func damaged(_ path: String) -> GitError {
        GitError(
            .corrupt, "\(path) is no whole index of a pack",
            remedy: "remove it and run `git index-pack` on the pack beside it")
    }

    /// The id at a place in their order.
    func id(_ place: Int) -> ObjectID {
        let start = layout.tables + place * layout.stride + layout.before
        return data.withUnsafeBytes { ObjectID(raw: .init(rebasing: $0[start..<start + 20])) }
    }

    /// All ids, in their order.
    var ids: [ObjectID] { (0..<count).map(id) }

    /// The place of the first id after `id`, or of the first of all.
    func place(after id: ObjectID?) -> Int {
        guard let id else { return 0 }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self.id(middle) <= id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The entries in the order in which they lie in the pack.
    func entries() throws(GitError) -> [Entry] {
        if layout.isOld {
            return (0..<count).map { place in
                let offset = Self.number(data, layout.tables + place * layout.stride)
                return Entry(id: id(place), offset: Int(offset), checksum: nil)
            }.sorted { $0.offset < $1.offset }
        }
        let checksums = layout.tables + count * 20
        let offsets = checksums + count * 4
        let wide = offsets + count * 4
        var result: [Entry] = []
        result.reserveCapacity(count)
        for place in 0..<count {
            let narrow = Self.number(data, offsets + place * 4)
            var offset = Int(narrow)
            if narrow & 0x8000_0000 != 0 {
                // The offset stands in a table of wide ones.
                let start = wide + Int(narrow & 0x7fff_ffff) * 8
                guard start + 8 <= data.count - 2 * 20 else { throw Self.damaged(path) }
                offset =
                    Int(Self.number(data, start)) << 32 | Int(Self.number(data, start + 4))
            }
            result.append(
                Entry(
                    id: id(place), offset: offset,
                    checksum: Self.number(data, checksums + place * 4)))
        }
        return result.sorted { $0.offset < $1.offset }
    }

    private static func number(_ data: Data, _ place: Int) -> UInt32 {
        data.withUnsafeBytes {
            UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        }
    }
}

extension Data {
    /// Whether the last 20 bytes are the SHA-1 of those before.
    var endsInItsHash: Bool {
        guard count > 20 else { return false }
        return withUnsafeBytes { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            let content = UnsafeBufferPointer(rebasing: bytes.dropLast(20))
            return ObjectHash.digest(of: content).elementsEqual(bytes.suffix(20))
        }
    }
}
