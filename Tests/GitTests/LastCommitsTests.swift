import Testing

@testable import Git

@Suite("The commits that changed many files")
struct LastCommitsTests {
    /// Many files, each with a commit of its own, a merge, a mode and files that go and come back.
    private static func sample(_ count: Int) throws -> (SampleRepository, [String]) {
        let sample = try SampleRepository()
        let paths = (0..<count).map { "schema/t\($0).sql" }
        for path in paths { try sample.write(path, "1") }
        try sample.write("other/x.txt", "1")
        try sample.commit("All")
        for path in paths.prefix(4) {
            try sample.write(path, "2")
            try sample.commit("Change \(path)")
        }
        try sample.git("checkout", "--quiet", "-b", "side")
        try sample.write(paths[4], "2")
        try sample.commit("On the side")
        try sample.git("checkout", "--quiet", "main")
        try sample.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
        try sample.git("update-index", "--chmod=+x", paths[5])
        try sample.git("commit", "--quiet", "-m", "Mode")
        try sample.git("reset", "--quiet", "--hard")
        try sample.git("rm", "--quiet", paths[6], paths[7])
        try sample.commit("Remove")
        try sample.write(paths[7], "1")
        try sample.commit("Bring back")
        return (sample, paths + ["other/x.txt", "never.sql"])
    }

    @Test("each is the one that is found for the file alone", arguments: [0, 1, 3, 10_000])
    func asAlone(limit: Int) throws {
        let (sample, paths) = try Self.sample(20)
        let repository = try sample.open()
        let head = try repository.resolve("HEAD").id
        let commits = LastCommits(repository, from: head, limit: limit)
        // The first ones are looked for by themselves, so all are asked for twice.
        for path in paths + paths {
            let alone = try repository.lastCommit(touching: path, from: head, limit: limit)
            #expect(try commits.commit(touching: path)?.id == alone?.id, "\(path)")
        }
    }

    @Test("twice the files make no commit be looked at twice")
    func once() throws {
        for count in [20, 40] {
            let (sample, paths) = try Self.sample(count)
            let repository = try sample.open()
            let commits = LastCommits(repository, from: try repository.resolve("HEAD").id)
            for path in paths.prefix(LastCommits.few) { _ = try commits.commit(touching: path) }
            #expect(commits.compared == 0)
            for path in paths { _ = try commits.commit(touching: path) }
            #expect(commits.compared == 9)
        }
    }

    @Test("a history that is cut off hides no commit that can be read")
    func cutOff() throws {
        let (sample, paths) = try Self.sample(20)
        try sample.git("clone", "--quiet", "--depth=3", "file://\(sample.work)", "../shallow")
        let repository = try Repository(opening: "\(sample.folder)/shallow")
        let head = try repository.resolve("HEAD").id
        let commits = LastCommits(repository, from: head)
        for path in paths + paths {
            let alone = try? repository.lastCommit(touching: path, from: head)
            #expect((try? commits.commit(touching: path))?.id == alone?.id, "\(path)")
        }
    }
}
