import Foundation
import TestSupport
import Testing

/// `lint`, `fmt` and `validate` need the schema repository alone: the shards here do not exist.
@Suite struct OfflineTests {
    private static let untidy = """
        -- who bought what
        create table orders (id bigint not null, price float, -- in euros
        primary key(id));

        """

    private static let tidy = """
        -- who bought what
        CREATE TABLE orders (
          id BIGINT NOT NULL,
          price FLOAT, -- in euros
          PRIMARY KEY (id)
        );

        """

    /// A repository whose only shard is on a server that is not there.
    private func repository(_ schema: [String: String], _ more: [String] = []) throws -> Folder {
        let folder = try TemporaryFolder()
        for (name, text) in schema { try folder.write(text, to: "schema/app/\(name)") }
        try folder.write(ServerlessFleet.yaml(more), to: "plumb.yaml")
        return Folder(files: folder)
    }

    private struct Folder {
        let files: TemporaryFolder

        func run(_ words: [String]) throws -> Run {
            try RunningPlumb(words, folder: files.path, environment: [:]).wait()
        }

        func expect(_ status: Int32, _ words: String...) throws -> Run {
            let run = try run(words)
            #expect(run.status == status, "\(run)")
            return run
        }

        func text(_ path: String) throws -> String {
            try String(contentsOfFile: "\(files.path)/\(path)", encoding: .utf8)
        }
    }

    @Test func formattingKeepsCommentsAndEndsWhereItBegan() throws {
        let folder = try repository(["orders.sql": Self.untidy])
        let check = try folder.expect(2, "fmt", "--check")
        #expect(check.says("1 of 1 file would change", "PRIMARY KEY (id)"), "\(check)")
        #expect(try folder.text("schema/app/orders.sql") == Self.untidy)
        #expect(try folder.expect(0, "fmt").says("1 of 1 file changed"))
        #expect(try folder.text("schema/app/orders.sql") == Self.tidy)
        #expect(try folder.expect(0, "fmt", "--check").says("0 of 1 file would change"))
        #expect(try folder.expect(0, "fmt").says("0 of 1 file changed"))
    }

    @Test func formattingLeavesAFileThatCannotBeReadAndDoesTheOthers() throws {
        let broken = "CREATE TABLE broken (id decimel(12,2);\n"
        let folder = try repository(["broken.sql": broken, "orders.sql": Self.untidy])
        let run = try folder.expect(1, "fmt")
        #expect(run.says("schema/app/broken.sql:1:", "1 of 2 files changed, 1 failed"), "\(run)")
        #expect(try folder.text("schema/app/broken.sql") == broken)
        #expect(try folder.text("schema/app/orders.sql") == Self.tidy)
    }

    @Test("attack: a folder of the schema that is a link leads fmt to no file elsewhere")
    func formattingFollowsNoLink() throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write(Self.untidy, to: "app/orders.sql")
        for link in ["schema", "schema/app"] {
            let folder = try repository(["orders.sql": Self.untidy])
            let place = "\(folder.files.path)/\(link)"
            try FileManager.default.removeItem(atPath: place)
            symlink(elsewhere.path + link.dropFirst("schema".count), place)
            for words in [["fmt"], ["fmt", "--check"]] {
                let run = try folder.run(words)
                #expect(run.status != 0 && run.says("link"), "\(run)")
            }
        }
        let text = try String(contentsOfFile: elsewhere.path + "/app/orders.sql", encoding: .utf8)
        #expect(text == Self.untidy)
    }

    @Test func lintNamesThePlaceInEveryFormat() throws {
        let folder = try repository(["t.sql": "CREATE TABLE t (\n  price float\n);\n"])
        let text = try folder.expect(2, "lint", "--working-tree")
        #expect(
            text.says("schema/app/t.sql:1:", "missing-primary-key", "schema/app/t.sql:2:3"),
            "\(text)")
        let json = try folder.expect(2, "lint", "--working-tree", "--output", "json")
        #expect(try json.json["exit"] as? Int == 2)
        let sarif = try folder.expect(2, "lint", "--working-tree", "--output", "sarif")
        #expect(try sarif.json["version"] as? String == "2.1.0")
        let junit = try folder.expect(2, "lint", "--working-tree", "--output", "junit")
        #expect(junit.stdout.hasPrefix("<?xml") && junit.says("missing-primary-key"))
        let github = try folder.expect(2, "lint", "--working-tree", "--output", "github")
        #expect(github.says("::error file=schema/app/t.sql,line=1"), "\(github)")
        let unknown = try folder.expect(64, "lint", "--working-tree", "--output", "sarf")
        #expect(unknown.says("did you mean sarif?"), "\(unknown)")
    }

    @Test func aWaiverExcusesUntilItsLastDay() throws {
        func lint(expires: String) throws -> Run {
            let folder = try repository(
                ["t.sql": "CREATE TABLE t (a int);\n"],
                [
                    "lint:", "  waivers:", "    - rule: missing-primary-key", "      table: app.t",
                    "      owner: ann@example.org", "      reason: rows are only counted",
                    "      expires: \(expires)",
                ])
            return try folder.run(["lint", "--working-tree"])
        }
        let waived = try lint(expires: "2999-12-31")
        #expect(waived.status == 0, "\(waived)")
        let expired = try lint(expires: "2020-01-01")
        #expect(expired.status == 2 && expired.says("waiver-expired"), "\(expired)")
    }

    @Test func theFirstErrorHasItsExactPlaceAndNothingAsksAServer() throws {
        let folder = try repository(["t.sql": "CREATE TABLE t (\n  a int,,\n  b int\n);\n"])
        for command in ["validate", "lint"] {
            let run = try folder.expect(1, command, "--working-tree")
            #expect(run.says("schema/app/t.sql:2:9"), "\(run)")
            #expect(!run.says("nonexistent"), "\(run)")
        }
        let good = try repository(["t.sql": "CREATE TABLE t (a int PRIMARY KEY);\n"])
        #expect(try good.expect(0, "validate", "--working-tree").says("valid"))
    }
}
