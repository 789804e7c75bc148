import Basics
import Crypto
import Foundation

/// The folder of a repository's packs, into which new ones are written.
///
/// The index of a pack comes last: without it no reader takes the file for a pack.
struct PackFolder {
    /// The folder `objects/pack`.
    let path: String

    /// Writes a pack and its index, and returns when both are durable under their names.
    ///
    /// Throws `diskFull` where there is no room; then nothing is left.
    func write(_ file: PackFile) throws(GitError) {
        let temporary = temporaryName(prefix: "tmp_pack_")
        do throws(GitError) {
            try DurableFile.write(file.pack, to: temporary + Self.unfinishedPack)
            try publish(temporary, index: file.index, as: file.name)
        } catch {
            remove(temporary)
            throw error
        }
    }

    /// The path of a new pair of files without a suffix.
    func temporaryName(prefix: String) -> String {
        "\(path)/\(prefix)\(getpid())_\(UInt64.random(in: .min ... .max))"
    }

    /// What the names begin with of files that a compaction is writing, as those of libgit2 do that
    /// earlier releases left them to.
    static let compactionPrefix = "pack_git2_"

    /// Gives a pack that was written its index and its name.
    func publish(_ temporary: String, index: [UInt8], as name: String) throws(GitError) {
        try DurableFile.write(index, to: temporary + Self.unfinishedIndex)
        try DurableFile.rename(temporary + Self.unfinishedPack, to: "\(path)/\(name).pack")
        try DurableFile.rename(temporary + Self.unfinishedIndex, to: "\(path)/\(name).idx")
        try DurableFile.sync(folder: path)
    }

    /// Removes the files of a pack that was not published.
    func remove(_ temporary: String) {
        for suffix in [Self.unfinishedPack, Self.unfinishedIndex] { unlink(temporary + suffix) }
    }

    /// What the names end with of files that are being written: git takes everything that ends in
    /// `.idx` for an index, also the half of one that a dead process left.
    static let (unfinishedPack, unfinishedIndex) = (".pack.part", ".idx.part")
}

/// A pack that is written one object after another.
final class PackStream {
    private let folder: PackFolder
    private let temporary: String
    private let file: DurableFile
    private let digest: ObjectHash
    private var buffer: [UInt8] = []
    private var isPublished = false
    /// The bytes so far.
    private(set) var count = 0

    init(_ folder: PackFolder, prefix: String = "tmp_pack_") throws(GitError) {
        self.folder = folder
        temporary = folder.temporaryName(prefix: prefix)
        do throws(CryptoError) {
            digest = try ObjectHash()
        } catch {
            throw GitError(.other, error.fault)
        }
        file = try DurableFile(creating: temporary + PackFolder.unfinishedPack)
    }

    deinit {
        guard !isPublished else { return }
        folder.remove(temporary)
    }

    func write(_ bytes: some ContiguousBytes) throws(GitError) {
        bytes.withUnsafeBytes {
            count += $0.count
            buffer.append(contentsOf: $0)
        }
        if buffer.count >= 1 << 20 { try flush() }
    }

    private func flush() throws(GitError) {
        buffer.withUnsafeBytes { digest.update($0) }
        try file.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Makes the pack durable with its index; returns its name.
    func finish(_ entries: [PackIndex.Entry]) throws(GitError) -> String {
        try flush()
        let trailer = digest.finish()
        try file.append(trailer)
        try file.sync()
        let name = "pack-" + ObjectID(bytes: trailer).hex
        try folder.publish(
            temporary, index: PackIndexWriter.index(of: entries, trailer: trailer), as: name)
        isPublished = true
        return name
    }
}
