import Basics
import CZlib
import Crypto
import Foundation

/// Makes one pack of several whose objects are all whole, by copying what is compressed already.
struct PackMerge {
    /// The folder of the packs.
    let folder: PackFolder

    /// A pack with its content, as far as it is read.
    private struct Source {
        let pack: Data
        let entries: [PackIndex.Entry]
        let path: String

        /// The bytes of the entry at `place`, with its header.
        func bytes(_ place: Int) throws(GitError) -> Data {
            let start = entries[place].offset
            let end = place + 1 < entries.count ? entries[place + 1].offset : pack.count - 20
            guard 12 <= start, start < end, end <= pack.count - 20 else {
                throw GitError(.corrupt, "\(path): the index does not fit the pack")
            }
            return pack[start..<end]
        }

        /// Whether each entry is stored whole, and has the bytes that the index speaks of.
        func isPlain() throws(GitError) -> Bool {
            for place in entries.indices {
                let bytes = try bytes(place)
                let isDifference = [6, 7].contains(bytes[offset: 0] >> 4 & 7)
                let sum = bytes.withUnsafeBytes { bytes in
                    crc32(
                        0, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count))
                }
                guard !isDifference, UInt32(sum) == entries[place].checksum else { return false }
            }
            return true
        }
    }

    /// Writes one pack of `names`, which is durable when this returns, and says which of them it
    /// holds.
    ///
    /// Packs with objects stored as differences are left out, and so are damaged ones, whose damage
    /// must not get an index that looks whole.
    ///
    /// - Returns: the new pack's name, and those of the packs that it replaces; nil where fewer
    ///   than two can be merged.
    func merge(_ names: [String]) throws(GitError) -> (name: String, replaced: [String])? {
        var sources: [(name: String, source: Source)] = []
        for name in names {
            if let source = plainSource(name) { sources.append((name, source)) }
        }
        guard sources.count > 1 else { return nil }
        let name = try write(sources.map(\.source))
        return (name, sources.map(\.name).filter { $0 != name })
    }

    /// The pack, where it is whole and can be copied.
    private func plainSource(_ name: String) -> Source? {
        guard let source = try? source(name), (try? source.isPlain()) == true else { return nil }
        return source
    }

    private func source(_ name: String) throws(GitError) -> Source {
        let path = "\(folder.path)/\(name)"
        let index = try PackIndex(path: path + ".idx")
        guard index.isWhole else { throw GitError(.corrupt, "\(path).idx is damaged") }
        do {
            let pack = try Data(
                contentsOf: URL(fileURLWithPath: path + ".pack"), options: .alwaysMapped)
            return Source(pack: pack, entries: try index.entries(), path: path + ".pack")
        } catch let error as GitError {
            throw error
        } catch {
            throw GitError(.unreadable, "\(path).pack cannot be read")
        }
    }

    private func write(_ sources: [Source]) throws(GitError) -> String {
        var seen: Set<ObjectID> = []
        for source in sources { seen.formUnion(source.entries.map(\.id)) }
        var header = Bytes(Array("PACK".utf8))
        header.append(UInt32(2))
        header.append(UInt32(seen.count))
        let stream = try PackStream(folder)
        try stream.write(header.content)
        var entries: [PackIndex.Entry] = []
        entries.reserveCapacity(seen.count)
        for source in sources {
            for (place, entry) in source.entries.enumerated() where seen.remove(entry.id) != nil {
                let bytes = try source.bytes(place)
                entries.append(
                    .init(id: entry.id, offset: stream.count, checksum: entry.checksum))
                try stream.write(bytes)
            }
        }
        return try stream.finish(entries)
    }
}

extension Data {
    /// The byte at a distance from the first one, wherever its indices begin.
    fileprivate subscript(offset offset: Int) -> UInt8 { self[startIndex + offset] }
}
