import Basics
import Foundation
import Git
import Schema
import Store
import Testing

@testable import Desired

/// The same reading over a real repository and over files as they lie.
@Suite final class RealSourceTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "plumb-desired-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private let fleet = fleetText(
        namespace: "pins: [{selector: {shard: b}, ref: refs/heads/next}]")

    @Test func commitsAndPinsAreReadFromARepository() throws {
        let repository = try Repository(
            openingOrCreatingBare: folder + "/schema.git", initialBranch: "main")
        let backend = GitBackend(path: folder + "/schema.git")
        let mia = Authorship(
            name: "Mia", email: "mia@example.com", time: Date(timeIntervalSince1970: 1_800_000_000))
        func commit(_ edits: TreeEdits, onto parent: ObjectID?, _ text: String) throws -> ObjectID {
            let made = try ComposedCommit(
                edits, onto: parent, by: mia, message: text, reading: ObjectReader(backend))
            try backend.put(made.objects)
            return made.id
        }
        var edits = TreeEdits()
        try edits.set("plumb.yaml", Array(fleet.utf8))
        try edits.set("schema/commerce/orders.sql", Array(orders.utf8))
        let first = try commit(edits, onto: nil, "Add orders\n\nMore.")
        try repository.move("refs/heads/main", from: nil, to: first)
        var more = TreeEdits()
        try more.set("schema/commerce/items.sql", Array("CREATE TABLE items (id int);".utf8))
        let second = try commit(more, onto: first, "Add items")
        try repository.move("refs/heads/next", from: nil, to: second)

        let commit = try repository.resolve("refs/heads/main")
        let state = try SchemaRepository.load(
            GitTree(repository, commit: commit),
            revision: Revision(commit, refName: "refs/heads/main"), environment: "production",
            pinned: { try GitTree(repository, commit: repository.resolve($0)) },
            discovered: { _, _ in [] })
        #expect(
            state.revision
                == Revision(
                    commit: first.description, summary: "Add orders", authorName: "Mia",
                    authorEmail: "mia@example.com", committedAt: mia.time,
                    refName: "refs/heads/main"))
        #expect(state.schemas.map { $0.tables.map(\.name) } == [["orders"], ["items", "orders"]])
        #expect(
            state.schema(of: ShardID(namespace: "commerce", shard: "b"))?.table("items")?
                .location.description == "refs/heads/next:schema/commerce/items.sql:1:14")
        #expect(
            SchemaRepository.validate(GitTree(repository, commit: commit)) { ref in
                try GitTree(repository, commit: repository.resolve(ref))
            }.isEmpty)
    }

    @Test func filesAreReadAsTheyLieAndLinksAreRefused() throws {
        let commerce = folder + "/schema/commerce"
        try FileManager.default.createDirectory(
            atPath: commerce, withIntermediateDirectories: true)
        try fleetText().write(
            toFile: folder + "/plumb.yaml", atomically: true, encoding: .utf8)
        try orders.write(toFile: commerce + "/orders.sql", atomically: true, encoding: .utf8)
        #expect(SchemaRepository.validate(WorkingTree(folder: folder)).isEmpty)
        try FileManager.default.createSymbolicLink(
            atPath: commerce + "/passwd.sql", withDestinationPath: "/etc/passwd")
        #expect(
            SchemaRepository.validate(WorkingTree(folder: folder)).map(\.description) == [
                "schema/commerce/passwd.sql:1:1: error: `schema/commerce/passwd.sql` is a symbolic "
                    + "link, and links are not followed [refused-entry]; put a file there"
            ])
        try FileManager.default.removeItem(atPath: commerce)
        try FileManager.default.createSymbolicLink(
            atPath: commerce, withDestinationPath: "/etc")
        #expect(
            SchemaRepository.validate(WorkingTree(folder: folder)).map(\.code) == [
                .unreadableSource
            ])
    }

    @Test("a plumb.yaml that cannot be read is not one that a proposal added or took away")
    func unreadableFleetFiles() throws {
        let good = repository()
        let missing = MemoryTree(["notes.txt": "none"])
        let unreadable = repository(unreadable: ["plumb.yaml"])
        func changes(_ base: MemoryTree, _ proposed: MemoryTree) throws -> Int {
            try FleetDifference(base: base, prefix: "main:", proposed: proposed).changes().count
        }
        #expect(try changes(good, good) == 0)
        #expect(try changes(missing, missing) == 0)
        #expect(try changes(missing, good) > 0)
        for (base, proposed) in [(unreadable, good), (good, unreadable), (unreadable, unreadable)] {
            let error = #expect(throws: DesiredError.self) { try changes(base, proposed) }
            #expect(error?.diagnostics.map(\.code) == [.unreadableSource])
        }
    }
}
