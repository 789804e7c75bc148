import Basics
import Foundation
import TestSupport
import Testing

@testable import plumb

@Suite("Files are rewritten in one step, or not at all")
struct FileFormattingTests {
    private let loose = "create table t (id int);\n"
    private let formed = "CREATE TABLE t (\n  id INT\n);\n"

    @Test("Below the paths, every .sql file once; links and hidden folders are left out")
    func files() throws {
        let folder = try TemporaryFolder()
        let root = folder.path
        for name in ["a/x.sql", "a/b/Y.SQL", "a/.git/z.sql", "a/notes.txt", "other.sql"] {
            try folder.write(loose, to: name)
        }
        try FileManager.default.createSymbolicLink(
            atPath: root + "/a/link.sql", withDestinationPath: root + "/other.sql")
        #expect(
            try FileFormatting.files(at: [root + "/a", root + "/a/b", root + "/a/notes.txt"])
                == [root + "/a/b/Y.SQL", root + "/a/notes.txt", root + "/a/x.sql"])
        #expect(throws: FileFormattingError.self) {
            try FileFormatting.files(at: [root + "/missing"])
        }
    }

    @Test("A name that nobody can open is not passed over")
    func unreadableName() throws {
        let folder = try TemporaryFolder()
        try folder.write(loose, to: "a.sql")
        try Shell.check("bash", ["-c", "touch $'\\xff.sql'"], folder: folder.path)
        #expect(throws: FileFormattingError.self) {
            try FileFormatting.files(at: [folder.path])
        }
    }

    @Test("The new text takes the old one's place, with its mode, and nothing else is left")
    func writing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(loose, to: "a.sql")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let change = try #require(try FileFormatting.change(to: path))
        #expect(change.old == loose && change.new == formed)
        try FileFormatting.write(change)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == formed)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.sql"])
        #expect(try FileFormatting.change(to: path) == nil)
    }

    @Test("A link that is named stays a link")
    func links() throws {
        let folder = try TemporaryFolder()
        try folder.write(loose, to: "real/a.sql")
        let link = folder.path + "/link.sql"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "real/a.sql")
        let change = try #require(try FileFormatting.change(to: link))
        try FileFormatting.write(change)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real/a.sql")
        #expect(
            try String(contentsOfFile: folder.path + "/real/a.sql", encoding: .utf8) == formed)
    }

    @Test("What cannot be read or written says which file and why")
    func failures() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/missing.sql"
        let error = #expect(throws: FileFormattingError.self) {
            try FileFormatting.change(to: missing)
        }
        #expect(error?.description.hasPrefix("\(missing): cannot be read: ") == true)
        let path = try folder.write(loose, to: "a.sql")
        let change = try #require(try FileFormatting.change(to: path))
        try FileManager.default.removeItem(atPath: path)
        let gone = #expect(throws: FileFormattingError.self) { try FileFormatting.write(change) }
        #expect(gone?.description == "\(path): cannot be read: No such file or directory")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}
