import Foundation
import TestSupport
import Testing

@testable import Git

@Suite("What cannot be listed or opened is never taken for what is not there")
struct UnlistableFolderTests {
    private let sample: SampleRepository
    private var git: String { sample.work + "/.git" }

    init() throws {
        sample = try SampleRepository()
        try sample.commit("First")
    }

    /// Puts a file in the place of a folder, which nobody can list then, whatever his rights.
    private func breakFolder(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
        try Data("no folder".utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func aMissingFolderHasNoNamesAndABrokenOneThrows() throws {
        #expect(try FolderListing.names(in: git + "/none") == [])
        #expect(try FolderListing.names(in: git).contains("HEAD"))
        #expect(codeThrown { _ = try FolderListing.names(in: git + "/HEAD") } == .unreadable)
    }

    @Test func referencesThatCannotBeListedAreNotNone() throws {
        let repository = try sample.open()
        try sample.git("pack-refs", "--all")
        #expect(try repository.branches() == ["main"])
        try breakFolder(git + "/refs")
        #expect(codeThrown { _ = try repository.branches() } != nil)
    }

    @Test func filesThatAWriterLeftAreNotNoneWhereTheyCannotBeListed() throws {
        let left = git + "/HEAD.lock"
        try Data().write(to: URL(fileURLWithPath: left))
        #expect(try StaleFiles.find(in: git, minimumAgeSeconds: 0) == ["HEAD.lock"])
        try breakFolder(git + "/refs")
        #expect(
            codeThrown { _ = try StaleFiles.find(in: git, minimumAgeSeconds: 0) } == .unreadable)
        // What can be reached goes all the same.
        #expect(StaleFiles.remove(in: git, minimumAgeSeconds: 0) == ["HEAD.lock"])
        #expect(access(left, F_OK) != 0)
    }

    @Test func packsThatCannotBeListedAreNotRolledTogether() throws {
        let repository = try sample.open()
        try breakFolder(git + "/objects/pack")
        #expect(codeThrown { try MirrorPacks.compact(repository) } == .unreadable)
    }

    @Test func aRepositoryThatCannotBeOpenedIsNotNone() throws {
        let folder = sample.work + "/schema"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        #expect(try Repository.around(sample.folder) == nil)
        #expect(try Repository.around(folder)?.workFolder?.hasPrefix(sample.work) == true)
        try sample.git("config", "core.repositoryformatversion", "99")
        #expect(codeThrown { _ = try Repository.around(folder) } != nil)
    }
}
