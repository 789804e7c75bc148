import Basics
import CZlib
import Store

/// Writes a pack in which an object is a difference from another one where that is shorter.
///
/// The base of a difference stands before it in the pack, and is newer: what is read most needs
/// the fewest bases.
struct CompactPack {
    private let source: ObjectSource
    private let stream: PackStream
    private let deflater: Deflater
    private var entries: [PackIndex.Entry] = []
    private var written: [ObjectID: Written] = [:]
    /// What objects of one place are compared with besides their newer versions.
    private var models: [PackOrder.Place: Model] = [:]

    /// Where an object begins in the pack, and how many bases it needs.
    private struct Written {
        let offset: Int
        let depth: Int
    }

    private struct Model {
        let id: ObjectID
        var uses = 0
    }

    /// An object as it may be written.
    private struct Form {
        var bytes: [UInt8]
        var depth = 0
        var model: ObjectID?
    }

    /// The most bases that reading one object takes, as git has it.
    private static let mostDepth = 50
    /// After so many differences another object of the place becomes the model.
    private static let mostUses = 256

    init(_ folder: PackFolder, of source: ObjectSource) throws(GitError) {
        self.source = source
        stream = try PackStream(folder, prefix: PackFolder.compactionPrefix)
        deflater = try Deflater(level: Z_BEST_COMPRESSION)
    }

    /// Writes `items`, each id once, durable under its name when this returns.
    ///
    /// - Returns: the pack's name without a suffix.
    mutating func write(_ items: [PackOrder.Item]) throws(GitError) -> String {
        var header = Bytes(Array("PACK".utf8))
        header.append(UInt32(2))
        header.append(UInt32(items.count))
        try stream.write(header.content)
        entries.reserveCapacity(items.count)
        for item in items { try write(item) }
        return try stream.finish(entries)
    }

    private mutating func write(_ item: PackOrder.Item) throws(GitError) {
        let object = try source.read(item.id)
        let offset = stream.count
        let form = try best(of: object, item, at: offset)
        if let model = form.model {
            if models[item.place]?.id == model { models[item.place]?.uses += 1 }
        } else if form.depth == 0 {
            models[item.place] = Model(id: item.id)
        }
        let sum = form.bytes.withUnsafeBufferPointer {
            crc32(0, $0.baseAddress, UInt32($0.count))
        }
        entries.append(.init(id: item.id, offset: offset, checksum: UInt32(sum)))
        written[item.id] = Written(offset: offset, depth: form.depth)
        try stream.write(form.bytes)
    }

    /// The shortest form of an object, but for those on which much depends: commits, and the first
    /// of each chain, need no other object to be read. So what is damaged in one place of the pack
    /// takes few others with it.
    private func best(
        of object: GitObject, _ item: PackOrder.Item, at offset: Int
    ) throws(GitError) -> Form {
        var best: Form?
        if object.kind == .commit { return Form(bytes: try whole(object)) }
        if let newer = item.newer {
            if let known = written[newer], known.depth >= Self.mostDepth {
                return Form(bytes: try whole(object))
            }
            best = try difference(of: object, from: newer, at: offset)
            // As good as it gets: the rest is not worth the time.
            if let best, best.bytes.count <= object.bytes.count / 4 { return best }
        }
        let whole = Form(bytes: try whole(object))
        if whole.bytes.count < best?.bytes.count ?? .max { best = whole }
        if let model = models[item.place], model.uses < Self.mostUses,
            var form = try difference(of: object, from: model.id, at: offset),
            form.bytes.count < best?.bytes.count ?? .max
        {
            form.model = model.id
            best = form
        }
        return best ?? whole
    }

    private func whole(_ object: GitObject) throws(GitError) -> [UInt8] {
        var bytes = PackEntry.header(type: object.kind.packType, size: object.bytes.count)
        try deflater.deflate(object.bytes, into: &bytes)
        return bytes
    }

    /// The object as a difference from another one; nil where that one is not before it, needs too
    /// many bases itself, or is of another kind or size.
    private func difference(
        of object: GitObject, from id: ObjectID, at offset: Int
    ) throws(GitError) -> Form? {
        guard let known = written[id], known.depth < Self.mostDepth else { return nil }
        let base = try source.read(id)
        guard base.kind == object.kind, isAlike(base.bytes.count, object.bytes.count),
            let difference = Difference.from(base.bytes, to: object.bytes),
            difference.count < object.bytes.count
        else { return nil }
        var bytes = PackEntry.header(type: PackEntry.difference, size: difference.count)
        bytes += PackEntry.distance(offset - known.offset)
        try deflater.deflate(difference, into: &bytes)
        return Form(bytes: bytes, depth: known.depth + 1)
    }

    /// Whether it is worth looking for a difference between objects of these sizes.
    private func isAlike(_ base: Int, _ size: Int) -> Bool {
        abs(base - size) <= 2 * max(size, 200)
    }
}
