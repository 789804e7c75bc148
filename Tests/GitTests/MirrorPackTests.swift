import Basics
import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("The packs of a mirror are rolled together, and nothing is lost")
struct MirrorPackTests {
    private typealias Pack = PackMaintenance.Pack

    @Test(
        "only packs that are small beside the rest are written again",
        arguments: [
            ([], []),
            ([5], []),
            ([100, 1], []),
            ([100, 1, 1], [1, 1]),
            ([9, 3, 1], []),
            ([4, 2, 1], [4, 2, 1]),
            ([8, 2, 2], [2, 2]),
            ([1000, 10, 10, 10], [10, 10, 10]),
            ([1300, 300, 200, 100], [300, 200, 100]),
            ([3, 3, 3], [3, 3, 3]),
        ] as [([Int], [Int])])
    func picks(sizes: [Int], rolled: [Int]) {
        let packs = sizes.enumerated().map { Pack(name: "pack-\($0.offset)", bytes: $0.element) }
        #expect(PackMaintenance.smaller(of: packs).map(\.bytes).sorted(by: >) == rolled)
    }

    @Test func everyFetchAddsAPackUntilTheyAreRolledTogether() throws {
        let copy = try Copy()
        var most = 0
        for number in 0..<(MirrorPacks.limit + 4) {
            try copy.fetch(number)
            most = max(most, copy.files(".pack").count)
        }
        #expect(most == MirrorPacks.limit)
        #expect(copy.files(".pack").count < 8)
        #expect(copy.files(".pack").count == copy.files(".idx").count)
        try copy.isWhole(commits: MirrorPacks.limit + 4)
    }

    @Test("a process that reads meanwhile finds all, whatever it had open")
    func aReaderGoesOn() throws {
        let copy = try Copy()
        for number in 0..<6 { try copy.fetch(number) }
        let fresh = try copy.open()
        let used = try copy.open()
        let tips = try copy.commits()
        for tip in tips.prefix(3) { #expect(try used.commit(tip).id == tip) }
        try copy.compact()
        for reader in [fresh, used, try copy.open()] {
            for tip in tips {
                let tree = TreeReader(reader, tree: try reader.commit(tip).tree)
                #expect(try !tree.read("n.sql").isEmpty)
            }
        }
    }

    @Test(
        "a kill at any point leaves a whole copy, which the next turn tidies",
        arguments: [
            // Both are there: the new pack was written, and nothing removed.
            [".idx", ".pack"],
            // Of an old pack the index is gone, and the pack is not.
            [".pack"],
        ])
    func aKilledCompaction(left: [String]) throws {
        let copy = try Copy()
        for number in 0..<5 { try copy.fetch(number) }
        let old = try copy.save()
        try copy.compact()
        try copy.restore(old.filter { file in left.contains { file.hasSuffix($0) } })
        try copy.isWhole(commits: 5)
        try copy.compact()
        try copy.isWhole(commits: 5)
        #expect(copy.files(".idx").count == 1)
        #expect(copy.files(".pack").count == 1)
    }

    @Test("a half-written pack of a killed process goes with the next fetch")
    func aHalfWrittenPack() throws {
        let copy = try Copy()
        try copy.fetch(0)
        try Data("PACK".utf8).write(to: URL(fileURLWithPath: copy.packs + "/pack_git2_abc123"))
        // What a dead process holds of the lock: its number, and no lock.
        try "999999999 elsewhere fetching\n".write(
            toFile: copy.folder + "/plumb.lock", atomically: true, encoding: .utf8)
        try copy.fetch(1)
        try copy.isWhole(commits: 2)
    }

    @Test(
        "packs that somebody else looks after stay", arguments: ["pack-1.keep", "multi-pack-index"])
    func anothersPacks(file: String) throws {
        let copy = try Copy()
        for number in 0..<4 { try copy.fetch(number) }
        let before = copy.files("")
        try Data().write(to: URL(fileURLWithPath: "\(copy.packs)/\(file)"))
        try copy.compact()
        #expect(Set(copy.files("")) == Set(before + [file]))
    }

    @Test("a damaged pack stops no fetch, and nothing is removed for it")
    func aDamagedPack() throws {
        let copy = try Copy()
        for number in 0..<4 { try copy.fetch(number) }
        let victim = "\(copy.packs)/\(try #require(copy.files(".pack").first))"
        chmod(victim, 0o600)
        let file = try #require(FileHandle(forUpdatingAtPath: victim))
        try file.truncate(atOffset: 20)
        try file.close()
        let before = copy.files(".pack")
        #expect(gitError { try copy.compact() } != nil)
        #expect(Set(before).isSubset(of: copy.files(".pack")))
    }
}

/// A mirror that gets one commit with each fetch.
private final class Copy {
    private let sample: SampleRepository
    var folder: String { sample.folder + "/mirror" }
    var packs: String { folder + "/objects/pack" }

    init() throws {
        sample = try SampleRepository()
    }

    func fetch(_ number: Int) throws {
        try sample.write("n.sql", "\(number)")
        try sample.commit("Commit \(number)")
        #expect(try sample.mirror(sample.work).failure == nil)
    }

    func open() throws -> Repository { try Repository(opening: folder) }

    func compact() throws { try MirrorPacks.compact(open(), limit: 1) }

    func files(_ suffix: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: packs)) ?? [])
            .filter { $0.hasSuffix(suffix) }
    }

    func commits() throws -> [ObjectID] {
        try GitCommand.run(["rev-list", "main"], in: folder).split(separator: "\n")
            .compactMap { ObjectID(hex: String($0)) }
    }

    /// Copies every file, and returns their names; they look old enough to be nobody's work.
    func save() throws -> [String] {
        try Shell.check("cp", ["-a", packs, sample.folder + "/saved"])
        return files("")
    }

    func restore(_ files: [String]) throws {
        for file in files {
            try Shell.check("cp", ["-a", "\(sample.folder)/saved/\(file)", packs])
            try Shell.check("touch", ["-d", "1 hour ago", "\(packs)/\(file)"])
        }
    }

    /// `git` finds every object, and every commit is there.
    func isWhole(commits: Int) throws {
        try GitCommand.run(["fsck", "--full", "--strict"], in: folder)
        #expect(try self.commits().count == commits)
    }
}
