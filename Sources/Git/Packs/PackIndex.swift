import Basics
import Foundation

/// The index of a pack (version 2), read from its file as it is needed.
struct PackIndex {
    /// The number of objects in the pack.
    let count: Int
    private let data: Data
    private let path: String

    /// Where an object lies in the pack.
    struct Entry {
        let id: ObjectID
        /// In bytes from the beginning of the pack.
        let offset: Int
        /// The CRC-32 of its bytes in the pack.
        let checksum: UInt32
    }

    /// Throws `notFound` where the file is gone, `unreadable` where it cannot be read and `corrupt`
    /// where it is no index of version 2, is cut off or is damaged in its counts.
    init(path: String) throws(GitError) {
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            let isGone = access(path, F_OK) != 0 && errno == ENOENT
            throw GitError(isGone ? .notFound : .unreadable, "\(path) cannot be read")
        }
        guard data.count >= Self.tables + 2 * 20,
            Array(data.prefix(8)) == [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
        else { throw Self.damaged(path) }
        count = Int(Self.number(data, 8 + 255 * 4))
        guard data.count >= Self.tables + count * 28 + 2 * 20 else { throw Self.damaged(path) }
    }

    private static func damaged(_ path: String) -> GitError {
        GitError(
            .corrupt, "\(path) is no whole index of a pack",
            remedy: "remove it and run `git index-pack` on the pack beside it")
    }

    /// The id at a place in their order.
    func id(_ place: Int) -> ObjectID {
        let start = Self.tables + place * 20
        return ObjectID(bytes: data[start..<start + 20])
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
        let checksums = Self.tables + count * 20
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

    /// The bytes before the ids: magic, version, and the counts by first byte.
    private static let tables = 8 + 256 * 4

    private static func number(_ data: Data, _ place: Int) -> UInt32 {
        data[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
