import Basics
import TestSupport
import Testing

@testable import Git

@Suite("attack: whoever touched a file is found, whatever the history looks like")
struct HistoryRangeTests {
    /// Commits all files in somebody's name.
    @discardableResult
    private func commit(
        _ sample: SampleRepository, by author: String, committer: String? = nil,
        _ message: String = "Change"
    ) throws -> String {
        try sample.git("add", "--all")
        let committer = committer ?? author
        try Shell.check(
            "git", ["-C", sample.work, "commit", "--quiet", "--allow-empty", "-m", message],
            environment: [
                "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": "\(author)@example.com",
                "GIT_COMMITTER_NAME": committer, "GIT_COMMITTER_EMAIL": "\(committer)@example.com",
            ])
        return try sample.git("rev-parse", "HEAD")
    }

    private func id(_ hex: String) throws -> ObjectID { try #require(ObjectID(hex: hex)) }

    /// Who changed `path` since `base`: the names of the authors.
    private func authors(
        of path: String, in sample: SampleRepository, since base: String
    ) throws -> Set<String> {
        let repository = try sample.open()
        let tip = try repository.resolve("HEAD").id
        return Set(
            try repository.commits(of: tip, without: id(base))
                .filter { $0.changes.contains { $0.path == path } }.map(\.author.name))
    }

    private func start() throws -> (sample: SampleRepository, base: String) {
        let sample = try SampleRepository()
        try sample.write("a.sql", "one")
        try sample.write("b.sql", "one")
        return (sample, try commit(sample, by: "root"))
    }

    @Test("a cosmetic commit and a merge by others hide nobody")
    func cosmeticAndMerge() throws {
        let (sample, base) = try start()
        try sample.git("checkout", "--quiet", "-b", "side")
        try sample.write("a.sql", "two")
        try commit(sample, by: "ada")
        try sample.git("checkout", "--quiet", "main")
        try sample.write("b.sql", "two")
        try commit(sample, by: "kim")
        try sample.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
        try sample.write("a.sql", "two ")
        try commit(sample, by: "bob")
        // The merge itself, by the fixture's own name, changed nothing of it.
        #expect(try authors(of: "a.sql", in: sample, since: base) == ["ada", "bob"])
        #expect(try authors(of: "b.sql", in: sample, since: base) == ["kim"])
    }

    @Test("a merge that changes a file itself counts")
    func evilMerge() throws {
        let (sample, base) = try start()
        try sample.git("checkout", "--quiet", "-b", "side")
        try sample.write("b.sql", "two")
        try commit(sample, by: "kim")
        try sample.git("checkout", "--quiet", "main")
        try sample.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
        try sample.write("a.sql", "evil")
        try commit(sample, by: "ada")
        #expect(try authors(of: "a.sql", in: sample, since: base) == ["ada"])
        #expect(try authors(of: "b.sql", in: sample, since: base) == ["kim"])
    }

    @Test("a merge that takes an old side's file over a newer one counts")
    func resurrectingMerge() throws {
        let sample = try SampleRepository()
        try sample.write("a.sql", "without the column")
        try commit(sample, by: "root")
        try sample.git("branch", "old")
        try sample.write("a.sql", "with the column")
        let base = try commit(sample, by: "root")
        // A branch from before, with an innocent commit of somebody else's.
        try sample.git("checkout", "--quiet", "old")
        try sample.write("b.sql", "innocent")
        try commit(sample, by: "bob")
        try sample.git("checkout", "--quiet", "main")
        try sample.git("merge", "--quiet", "--no-ff", "--no-commit", "-s", "ours", "old")
        try sample.git("checkout", "old", "--", "a.sql")
        try sample.write("b.sql", "innocent")
        try commit(sample, by: "ada")
        #expect(try authors(of: "a.sql", in: sample, since: base) == ["ada"])
        // Even where the other parent is an ancestor, as only a crafted commit has it.
        let tree = try sample.git("rev-parse", "old^{tree}")
        let crafted = try sample.git(
            "commit-tree", tree, "-p", base, "-p", "\(base)^", "-m", "Merge")
        try sample.git("reset", "--quiet", "--hard", crafted)
        #expect(try authors(of: "a.sql", in: sample, since: base) == ["Ada"])
    }

    @Test("a file that moves is touched under both of its names")
    func moves() throws {
        let (sample, base) = try start()
        try sample.git("mv", "a.sql", "c.sql")
        try commit(sample, by: "ada")
        #expect(try authors(of: "a.sql", in: sample, since: base) == ["ada"])
        #expect(try authors(of: "c.sql", in: sample, since: base) == ["ada"])
    }

    @Test("authors, committers and co-authors count, wherever the trailer stands")
    func people() throws {
        let (sample, base) = try start()
        try sample.write("a.sql", "two")
        let message = """
            Change

            co-authored-BY: Eve <eve@example.com>

            And a last paragraph.
            Co-authored-by:Kim <kim@example.com>
            """
        try commit(sample, by: "ada", committer: "bob", message)
        let repository = try sample.open()
        let found = try #require(
            try repository.commits(of: repository.resolve("HEAD").id, without: id(base)).first)
        #expect(
            found.people.map(\.spelled) == [
                "ada <ada@example.com>", "bob <bob@example.com>", "Eve <eve@example.com>",
                "Kim <kim@example.com>",
            ])
    }

    @Test("a history that is cut off is not searched")
    func shallow() throws {
        let (sample, _) = try start()
        try sample.write("a.sql", "two")
        try commit(sample, by: "ada")
        try GitCommand.run(
            ["clone", "--quiet", "--depth", "1", "file://\(sample.work)", "cut"], in: sample.folder)
        let cut = try Repository(opening: sample.folder + "/cut")
        let tip = try cut.resolve("HEAD").id
        #expect(cut.isShallow)
        let error = gitError { _ = try cut.commits(of: tip, without: nil) }
        #expect(error?.description.contains("git fetch --unshallow") == true)
    }

    @Test("who brought a file is whoever made it what it is, on whichever side")
    func introductions() throws {
        let (sample, _) = try start()
        try sample.git("checkout", "--quiet", "-b", "side")
        try sample.write("x.yaml", "approved")
        let eve = try commit(sample, by: "eve")
        try sample.git("checkout", "--quiet", "main")
        try sample.write("b.sql", "two")
        try commit(sample, by: "kim")
        try sample.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
        func brought(_ repository: Repository? = nil) throws -> [String] {
            let repository = try repository ?? sample.open()
            let tip = try repository.resolve("HEAD").id
            return try repository.introductions(of: "x.yaml", in: tip).map(\.id.hex)
        }
        #expect(try brought() == [eve])
        // Taken away and brought again: the earlier commit proves nothing of that.
        try sample.git("rm", "--quiet", "x.yaml")
        try commit(sample, by: "eve")
        #expect(try brought().isEmpty)
        try sample.write("x.yaml", "approved")
        let ada = try commit(sample, by: "ada")
        #expect(try brought() == [ada])
        try commit(sample, by: "bob")
        try GitCommand.run(
            ["clone", "--quiet", "--depth", "1", "file://\(sample.work)", "cut"], in: sample.folder)
        let cut = try Repository(opening: sample.folder + "/cut")
        let error = gitError { _ = try brought(cut) }
        #expect(error?.description.contains("git fetch --unshallow") == true)
        // A link in its place is no file.
        try sample.git("rm", "--quiet", "x.yaml")
        try Shell.check("ln", ["-s", "a.sql", sample.work + "/x.yaml"])
        try commit(sample, by: "ada")
        #expect(try brought().isEmpty)
    }

    @Test("a merge that keeps what another parent took away brought it, whoever made it first")
    func keptByAMerge() throws {
        let (sample, base) = try start()
        try sample.write("x.yaml", "approved")
        let eve = try commit(sample, by: "eve")
        try sample.git("rm", "--quiet", "x.yaml")
        let withdrawn = try commit(sample, by: "eve")
        // Ada's own commit of the same file, from before it was withdrawn.
        try sample.git("checkout", "--quiet", "-b", "side", base)
        try sample.write("x.yaml", "approved")
        let ada = try commit(sample, by: "ada")
        let tree = try sample.git("rev-parse", "\(ada)^{tree}")
        func brought(_ parents: String...) throws -> [String] {
            let words = ["commit-tree", tree, "-m", "Merge"] + parents.flatMap { ["-p", $0] }
            let merge = try GitCommand.run(
                ["-c", "user.name=m", "-c", "user.email=m@example.com"] + words, in: sample.work
            ).filter(\.isHexDigit)
            let found = try sample.open().introductions(of: "x.yaml", in: id(merge)).map(\.id.hex)
            return found.map { $0 == merge ? "merge" : $0 }
        }
        #expect(try brought(withdrawn, eve) == ["merge"])
        #expect(try brought(eve, withdrawn) == ["merge"])
        // She gets nobody else's word by a third parent.
        #expect(try brought(ada, withdrawn, eve) == [ada])
        #expect(try brought(eve, withdrawn, ada) == [ada])
        #expect(try brought(withdrawn, ada) == [ada])
        #expect(try brought(base, eve) == [eve])
    }

    @Test("more commits than the limit are not half searched")
    func limit() throws {
        let (sample, base) = try start()
        try commit(sample, by: "ada")
        try commit(sample, by: "ada")
        let repository = try sample.open()
        let tip = try repository.resolve("HEAD").id
        let since = try id(base)
        #expect(try repository.commits(of: tip, without: since, limit: 2).count == 2)
        #expect(
            codeThrown { _ = try repository.commits(of: tip, without: since, limit: 1) }
                == .invalid)
    }

    @Test("both forms of a mailmap, letter case aside; a link is refused")
    func mailmap() throws {
        let sample = try SampleRepository()
        try sample.write(
            ".mailmap",
            """
            # people
            Ada Lovelace <ada@example.com> <Ada@Home.example>
            <bob@example.com> Robert <root@localhost>
            """)
        try sample.commit("Map")
        let map = try #require(try Mailmap(in: sample.tree()))
        func proper(_ name: String, _ email: String) throws -> String {
            try map.proper(GitPerson(name: name, email: email)).spelled
        }
        #expect(try proper("A.", "ADA@home.example") == "ada lovelace <ada@example.com>")
        #expect(try proper("Robert", "root@localhost") == "robert <bob@example.com>")
        #expect(try proper("Eve", "root@localhost") == "eve <root@localhost>")
        try sample.git("rm", "--quiet", ".mailmap")
        try sample.git("config", "core.symlinks", "true")
        try Shell.check("ln", ["-s", "elsewhere", sample.work + "/.mailmap"])
        try sample.commit("Link")
        #expect(codeThrown { _ = try Mailmap(in: sample.tree()) } == .invalid)
    }
}
