import Basics
import Foundation
import Store
import TestSupport
import Testing

@testable import Git

@Suite("Packs that are written whole")
struct PackFileTests {
    private func repository() throws -> (TemporaryFolder, Repository) {
        let folder = try TemporaryFolder()
        let repository = try Repository(
            openingOrCreatingBare: folder.path + "/r.git", initialBranch: "main")
        return (folder, repository)
    }

    private func objects(_ count: Int, size: Int, seed: Int) -> [GitObject] {
        (0..<count).map { place in
            var text = "\(seed) \(place)"
            while text.utf8.count < size { text += " \(text.hashValue)" }
            return GitObject(.blob, Array(text.utf8.prefix(size)))
        }
    }

    @Test(arguments: [0, 1, 15, 16, 512, 513, 2047, 2048, 70_000, 300_000])
    func gitReadsWhatIsWritten(_ size: Int) throws {
        let (folder, repository) = try repository()
        let written = objects(3, size: size, seed: 1) + [GitObject(.blob, [])]
        let unique = Array(Set(written))
        let file = try PackFile(unique)
        let packs = PackFolder(path: repository.folder + "objects/pack")
        try packs.write(file)
        for object in unique {
            #expect(try repository.read(object.id)?.kind == .blob)
            #expect(
                try repository.readBlob(object.id, limit: .max, named: "x") == object.bytes)
        }
        _ = folder
        let path = repository.folder
        #expect(try GitCommand.run(["fsck", "--full", "--strict"], in: path).contains("dangling"))
        try GitCommand.run(["verify-pack", "\(path)objects/pack/\(file.name).idx"], in: path)
        #expect(
            try ObjectFiles(repository.folder).ids(after: nil, limit: 9)
                == unique.map(\.id).sorted())
    }

    /// To compress a short one takes longer than all else that is done with it.
    @Test func shortObjectsAreKeptAsTheyAre() throws {
        for (size, isKept) in [(512, true), (513, false)] {
            let text = Array(repeating: UInt8(ascii: "a"), count: size)
            let file = try PackFile([GitObject(.blob, text)])
            #expect((file.pack.count > size) == isKept, "\(size) bytes")
        }
    }
}
