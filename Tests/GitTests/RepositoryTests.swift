import Basics
import Foundation
import Store
import TestSupport
import Testing

@testable import Git

@Suite("A repository answers for its commits")
struct RepositoryTests {
    @Test func readsACommit() throws {
        let sample = try SampleRepository()
        let first = try sample.commit("First")
        let second = try sample.commit("Second\n\nWith a body.")
        let commit = try sample.open().resolve("main")
        #expect(commit.id.hex == second)
        #expect(commit.parents.map(\.hex) == [first])
        #expect(commit.summary == "Second")
        #expect(commit.message == "Second\n\nWith a body.\n")
        #expect(commit.authorName == "Ada")
        #expect(commit.authorEmail == "ada@example.com")
        #expect(commit.time == Date(timeIntervalSince1970: 1_700_000_000))
    }

    @Test func resolvesWhatGitResolves() throws {
        let sample = try SampleRepository()
        try sample.commit("First")
        try sample.git("tag", "-a", "v1", "-m", "Tagged")
        try sample.commit("Second")
        let repository = try sample.open()
        for revision in ["HEAD", "HEAD~1", "refs/heads/main", "v1", "refs/tags/v1"] {
            #expect(
                try repository.resolve(revision).id.hex
                    == sample.git("rev-parse", "\(revision)^{commit}"))
        }
    }

    @Test func tellsMissingFromEmptyFromInvalid() throws {
        let sample = try SampleRepository()
        let repository = try sample.open()
        #expect(try repository.isEmpty())
        #expect(codeThrown { _ = try repository.resolve("HEAD") } == .empty)
        try sample.commit("First")
        #expect(try !repository.isEmpty())
        #expect(codeThrown { _ = try repository.resolve("nowhere") } == .notFound)
        #expect(codeThrown { _ = try repository.resolve("") } == .invalid)
        #expect(codeThrown { _ = try repository.resolve("HEAD^{tree}") } == .invalid)
        #expect(codeThrown { _ = try Repository(opening: sample.folder) } == .notFound)
    }

    @Test func isFoundFromAFolderInside() throws {
        let sample = try SampleRepository()
        try sample.write("a/b/c.sql", "")
        let found = try Repository.discover(from: sample.work + "/a/b")
        #expect(found.folder == (try sample.open()).folder)
        #expect(codeThrown { _ = try Repository.discover(from: sample.folder) } == .notFound)
    }

    @Test("attack: a bare repository among the files of a commit is not taken for the repository")
    func isNotFoundAmongFiles() throws {
        let sample = try SampleRepository()
        try sample.write("schema/a.sql", "")
        try sample.commit("First")
        for isBare in ["true", "false"] {
            let folder = sample.work + "/schema"
            try GitCommand.run(["init", "--quiet", "--bare", folder], in: sample.work)
            try GitCommand.run(
                ["-C", folder, "config", "--file", folder + "/config", "core.bare", isBare],
                in: sample.work)
            try GitCommand.run(
                ["config", "--file", folder + "/config", "core.worktree", "/"], in: sample.work)
            for inside in ["", "/refs"] {
                #expect(
                    codeThrown { _ = try Repository.discover(from: folder + inside) } == .invalid)
            }
        }
        #expect(try Repository.discover(from: sample.work).folder == sample.open().folder)
        try GitCommand.run(["init", "--quiet", "--bare", sample.work], in: sample.folder)
        #expect(access(sample.work + "/HEAD", F_OK) == 0)
        #expect(try Repository.discover(from: sample.work).folder == sample.open().folder)
        // One that lies for itself is found.
        let apart = sample.folder + "/apart.git"
        try GitCommand.run(["clone", "--quiet", "--bare", sample.work, apart], in: sample.folder)
        #expect(try Repository.discover(from: apart).folder == apart + "/")
    }

    @Test(
        "attack: a repository that somebody else put above a folder is not found",
        .enabled(if: getuid() == 0, "only root can give a folder away"))
    func isNotFoundAboveWhenItIsSomebodyElses() throws {
        let sample = try SampleRepository()
        try sample.write("ours/a.sql", "")
        try sample.commit("First")
        #expect(chown(sample.work + "/.git", 4711, 4711) == 0)
        #expect(
            codeThrown { _ = try Repository.discover(from: sample.work + "/ours") } == .invalid)
        // As in CI: the whole checkout belongs to another user.
        #expect(chown(sample.work + "/ours", 4711, 4711) == 0)
        #expect(
            try Repository.discover(from: sample.work + "/ours").folder == sample.open().folder)
    }

    @Test func findsTheLastCommitThatTouchedAPath() throws {
        let sample = try SampleRepository()
        try sample.write("a/x.sql", "1")
        let first = try sample.commit("Add a")
        try sample.write("b/y.sql", "1")
        let second = try sample.commit("Add b")
        try sample.write("a/x.sql", "2")
        let third = try sample.commit("Change a")
        try sample.git("rm", "-r", "--quiet", "b")
        let fourth = try sample.commit("Remove b")
        let repository = try sample.open()
        let head = try repository.resolve("HEAD").id
        func last(_ path: String, from id: ObjectID) throws -> String? {
            try repository.lastCommit(touching: path, from: id)?.id.hex
        }
        #expect(try last("a", from: head) == third)
        #expect(try last("a/x.sql", from: head) == third)
        #expect(try last("b/y.sql", from: head) == fourth)
        #expect(try last("", from: head) == fourth)
        #expect(try last("never", from: head) == nil)
        let older = try repository.resolve(second).id
        #expect(try last("a", from: older) == first)
        #expect(try repository.lastCommit(touching: "a", from: older, limit: 1) == nil)
    }

    @Test func followsTheFirstParentOfAMerge() throws {
        let sample = try SampleRepository()
        try sample.write("a.sql", "1")
        try sample.commit("First")
        try sample.git("checkout", "--quiet", "-b", "side")
        try sample.write("a.sql", "2")
        try sample.commit("On the side")
        try sample.git("checkout", "--quiet", "main")
        try sample.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
        let repository = try sample.open()
        let head = try repository.resolve("HEAD")
        #expect(try repository.lastCommit(touching: "a.sql", from: head.id)?.summary == "Merge")
        #expect(
            try repository.firstParents(of: head.id, limit: 10).map(\.summary)
                == ["Merge", "First"])
    }

    @Test func aDamagedFileIsCorruptAndNotMissing() throws {
        let sample = try SampleRepository()
        try sample.write("a.sql", "CREATE TABLE a (id INT);")
        try sample.commit("First")
        let id = try sample.git("rev-parse", "HEAD:a.sql")
        let object = "\(sample.work)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        let other = try sample.git("rev-parse", "HEAD^{tree}")
        let tree = try sample.tree()
        for bytes in [
            Data("not even compressed".utf8),
            try Data(
                contentsOf: URL(
                    fileURLWithPath:
                        "\(sample.work)/.git/objects/\(other.prefix(2))/\(other.dropFirst(2))")),
        ] {
            try FileManager.default.removeItem(atPath: object)
            try bytes.write(to: URL(fileURLWithPath: object))
            #expect(codeThrown { _ = try tree.read("a.sql") } == .corrupt)
        }
        try FileManager.default.removeItem(atPath: object)
        #expect(codeThrown { _ = try tree.read("a.sql") } == .corrupt)
    }

    @Test(arguments: [
        "", "abc", String(repeating: "g", count: 40), String(repeating: "0", count: 41),
    ])
    func readsNoBadId(text: String) {
        #expect(ObjectID(hex: text) == nil)
    }

    @Test func idsRoundTrip() {
        let text = "0123456789abcdef0123456789abcdef01234567"
        #expect(ObjectID(hex: text)?.hex == text)
        #expect(ObjectID(hex: text).map { ObjectID($0.raw).hex } == text)
    }
}

@Suite("A commit is composed of edits")
struct ComposedCommitTests {
    @Test func aReferenceMovesOnlyFromWhereItWasSeen() throws {
        let sample = try BareSample()
        let repository = try Repository(opening: sample.path)
        var edits = TreeEdits()
        try edits.set("a/b.txt", Array("1".utf8))
        let first = try sample.commit(edits)
        try edits.set("a/b.txt", Array("2".utf8))
        let second = try sample.commit(edits, onto: first)
        try repository.move("refs/heads/x", from: nil, to: first)
        #expect(
            codeThrown { try repository.move("refs/heads/x", from: nil, to: second) } == .modified)
        #expect(
            codeThrown { try repository.move("refs/heads/x", from: second, to: second) }
                == .modified)
        #expect(try repository.target(of: "refs/heads/x") == first)
        try repository.move("refs/heads/x", from: first, to: second)
        #expect(try repository.target(of: "refs/heads/x") == second)
        #expect(
            codeThrown { try repository.move("refs/heads/y", from: first, to: second) }
                == .modified)
        try Data().write(to: URL(fileURLWithPath: repository.folder + "refs/heads/x.lock"))
        #expect(
            codeThrown { try repository.move("refs/heads/x", from: second, to: first) } == .locked)
    }

    @Test("git makes the same trees of the same files")
    func sameTreesAsGit() throws {
        let sample = try SampleRepository()
        let bare = try BareSample()
        // Names that git sorts in another way when they are folders.
        let names = ["a", "a-b", "a.b", "a0", "b/a", "b-", "b0", "b.c/d", "ä/ö", "Z", "z/z/z"]
        var edits = TreeEdits()
        for name in names {
            try edits.set(name, Array(name.utf8))
            try sample.write(name, name)
        }
        try sample.commit("All")
        let id = try bare.commit(edits)
        #expect(
            try bare.git("rev-parse", id.hex + "^{tree}")
                == sample.git("rev-parse", "HEAD^{tree}"))
        #expect(try bare.git("fsck", "--strict", "--full", "--no-dangling") == "")
        let reader = ObjectReader(bare.backend)
        let tree = try reader.commit(id).tree
        for name in names {
            let entry = try reader.entry(at: name.split(separator: "/").map(String.init), in: tree)
            #expect(try reader.blob(#require(entry).id) == Array(name.utf8))
        }
        for name in ["", "b", "a-", "c", "b/b", "a/a", "z/z"] {
            let path = name.split(separator: "/").map(String.init)
            #expect(try reader.entry(at: path, in: tree)?.mode != .file, "\(name)")
        }
    }

    @Test func aFolderGoesWithItsLastFile() throws {
        let sample = try BareSample()
        var edits = TreeEdits()
        for name in ["a/b/c", "a/b/d", "e"] { try edits.set(name, []) }
        let first = try sample.commit(edits)
        var removal = TreeEdits()
        for name in ["a/b/c", "a/b/d", "not/there"] { try removal.remove(name) }
        let second = try sample.commit(removal, onto: first)
        #expect(try sample.git("ls-tree", "-r", "--name-only", second.hex) == "e")
        var last = TreeEdits()
        try last.remove("e")
        let third = try sample.commit(last, onto: second)
        #expect(try sample.git("ls-tree", third.hex) == "")
    }

    @Test(arguments: [
        ".git/config", "a/.git", "a//b", "/a", "../a", "", "a/./b", "a\u{0}b", "a/.GIT/b",
        "git~1/x",
    ])
    func refusesNamesThatGitRefuses(path: String) {
        let code = storeCode {
            var edits = TreeEdits()
            try edits.set(path, [])
        }
        #expect(code == .invalid)
    }

    @Test(arguments: [["a", "a/b"], ["d/e/f", "d/e"]])
    func refusesContradictingEdits(paths: [String]) throws {
        let sample = try BareSample()
        var edits = TreeEdits()
        for path in paths { try edits.set(path, []) }
        #expect(storeCode { try sample.commit(edits) } == .invalid)
        // The same, one after the other.
        var (first, second) = (TreeEdits(), TreeEdits())
        try first.set(paths[0], [])
        try second.set(paths[1], [])
        let parent = try sample.commit(first)
        #expect(storeCode { try sample.commit(second, onto: parent) } == .invalid)
    }

    @Test(arguments: ["", " ", "<>", "a\nb", "a\u{0}"])
    func refusesAnAuthorThatGitRefuses(name: String) throws {
        let sample = try BareSample()
        for (name, email) in [(name, "x"), ("x", name)] {
            let author = Authorship(name: name, email: email, time: Date())
            #expect(storeCode { try sample.commit(TreeEdits(), by: author) } == .invalid)
        }
    }
}
