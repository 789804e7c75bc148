import Foundation
import Testing

@testable import Git

@Suite("A source tree is the same files, committed or lying in a folder")
struct SourceTreeTests {
    /// The two implementations over the same content.
    private func trees() throws -> (SampleRepository, [any SourceTree]) {
        let sample = try SampleRepository()
        try sample.write("plumb.yaml", "version: 1\n")
        try sample.write("schema/shop/orders.sql", "CREATE TABLE orders (id INT);\n")
        try sample.write("schema/shop.sql", "-- sorts before the folder by bytes\n")
        try sample.write("schema/empty.sql", "")
        try FileManager.default.createSymbolicLink(
            atPath: sample.work + "/schema/link.sql", withDestinationPath: "/etc/hostname")
        try FileManager.default.createSymbolicLink(
            atPath: sample.work + "/schema/linked", withDestinationPath: "shop")
        try sample.commit("All")
        return (sample, [try sample.tree(), WorkingTree(folder: sample.work)])
    }

    @Test func listsSortedByBytesWithoutFollowingLinks() throws {
        let (sample, trees) = try trees()
        defer { withExtendedLifetime(sample) {} }
        for tree in trees {
            #expect(
                try tree.entries(of: "") == [
                    SourceEntry(name: "plumb.yaml", kind: .file),
                    SourceEntry(name: "schema", kind: .folder),
                ])
            #expect(
                try tree.entries(of: "schema") == [
                    SourceEntry(name: "empty.sql", kind: .file),
                    SourceEntry(name: "link.sql", kind: .symlink),
                    SourceEntry(name: "linked", kind: .symlink),
                    SourceEntry(name: "shop", kind: .folder),
                    SourceEntry(name: "shop.sql", kind: .file),
                ])
        }
    }

    /// Without it each file of a wide folder costs the reading of the whole folder.
    @Test func aWideFolderIsReadFromTheDiskOnce() throws {
        let sample = try SampleRepository()
        for number in 100..<300 { try sample.write("schema/table-\(number).sql", "") }
        try sample.commit("Wide")
        let tree = try sample.tree()
        #expect(try tree.read("schema/table-100.sql") == [])
        let folder = try sample.git("rev-parse", "HEAD:schema")
        try FileManager.default.removeItem(
            atPath: sample.work + "/.git/objects/\(folder.prefix(2))/\(folder.dropFirst(2))")
        #expect(try tree.read("schema/table-299.sql") == [])
    }

    @Test func readsFiles() throws {
        let (sample, trees) = try trees()
        defer { withExtendedLifetime(sample) {} }
        for tree in trees {
            #expect(
                try tree.read("schema/shop/orders.sql")
                    == Array("CREATE TABLE orders (id INT);\n".utf8))
            #expect(try tree.read("schema/empty.sql") == [])
        }
    }

    @Test(arguments: [
        ("schema/missing.sql", GitError.Code.notFound), ("missing/a.sql", .notFound),
        ("plumb.yaml/a.sql", .notFound), ("../work/plumb.yaml", .invalid),
        ("schema/../plumb.yaml", .invalid), ("/etc/hostname", .invalid),
        ("schema//shop", .invalid), ("schema/", .invalid), ("./plumb.yaml", .invalid),
        ("schema/link.sql", .invalid), ("schema", .invalid),
    ])
    func refusesToRead(path: String, code: GitError.Code) throws {
        let (sample, trees) = try trees()
        defer { withExtendedLifetime(sample) {} }
        for tree in trees {
            #expect(codeThrown { _ = try tree.read(path) } == code, "\(tree.describes)")
        }
    }

    @Test(arguments: [
        ("missing", GitError.Code.notFound), ("plumb.yaml", .notFound), ("..", .invalid),
        ("schema/..", .invalid), ("/", .invalid),
    ])
    func refusesToList(path: String, code: GitError.Code) throws {
        let (sample, trees) = try trees()
        defer { withExtendedLifetime(sample) {} }
        for tree in trees {
            #expect(codeThrown { _ = try tree.entries(of: path) } == code, "\(tree.describes)")
        }
    }

    @Test func neverWalksThroughALinkedFolder() throws {
        let (sample, trees) = try trees()
        defer { withExtendedLifetime(sample) {} }
        for tree in trees {
            #expect(throws: GitError.self) { try tree.read("schema/linked/orders.sql") }
            #expect(throws: GitError.self) { try tree.entries(of: "schema/linked") }
        }
    }

    @Test func refusesAPipeInThePlaceOfAFile() throws {
        let (sample, _) = try trees()
        #expect(mkfifo(sample.work + "/pipe.sql", 0o600) == 0)
        let tree = WorkingTree(folder: sample.work)
        #expect(codeThrown { _ = try tree.read("pipe.sql") } == .invalid)
        #expect(try tree.entries(of: "").map(\.name) == ["plumb.yaml", "schema"])
    }

    @Test func refusesAFileTooLarge() throws {
        let sample = try SampleRepository()
        try sample.write("big.sql", String(repeating: "-", count: SourceLimits.fileBytes + 1))
        try sample.commit("Big")
        for tree in [try sample.tree(), WorkingTree(folder: sample.work)] as [any SourceTree] {
            #expect(codeThrown { _ = try tree.read("big.sql") } == .invalid)
        }
    }

    @Test func reportsASubmoduleAndStaysOutOfIt() throws {
        let sample = try SampleRepository()
        let inner = try SampleRepository()
        try inner.commit("Inner")
        try sample.git(
            "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.work,
            "vendor")
        try sample.commit("Outer")
        for tree in [try sample.tree(), WorkingTree(folder: sample.work)] as [any SourceTree] {
            #expect(
                try tree.entries(of: "").contains(SourceEntry(name: "vendor", kind: .submodule)))
        }
    }

    @Test func aNameEndsNowhereElseThanItSays() throws {
        let (sample, trees) = try trees()
        defer { withExtendedLifetime(sample) {} }
        for tree in trees {
            #expect(codeThrown { _ = try tree.read("plumb.yaml\0x") } == .invalid)
        }
    }

    @Test func aMissingRootIsNotAnEmptyTree() {
        #expect(
            codeThrown { _ = try WorkingTree(folder: "/nonexistent/plumb").entries(of: "") }
                == .notFound)
    }
}
