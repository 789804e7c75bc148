import Foundation
import TestSupport
import Testing

/// `plumb init` in folders as newcomers have them.
@Suite struct InitTests {
    @Test func fromNothingToAPlanOnADatabase() throws {
        let server = try TestServer.shared
        let database = try server.freshDatabase()
        let folder = try TemporaryFolder()
        let output = try Shell.check(
            PlumbProgram.path,
            [
                "init", "--host", server.address.description, "--database", database, "--namespace",
                "shop",
            ],
            folder: folder.path)
        #expect(
            output == """
                plumb.yaml             written
                schema/shop/notes.sql  written
                .gitignore             written

                next:
                  git init && git add -A && git commit -m "The first schema"
                  plumb doctor      what the account or the server lacks
                  plumb plan        what would change; changes nothing
                  plumb reconcile   changes it

                """)
        for words in [["init", "-q"], ["add", "-A"], ["commit", "-qm", "The first schema"]] {
            try Shell.check(
                "git", ["-c", "user.name=ada", "-c", "user.email=ada@example.com"] + words,
                folder: folder.path)
        }
        let plan = try plumb(folder, "plan")
        #expect(plan.status == 2, "\(plan.stdout)\(plan.stderr)")
        #expect(plan.stdout.contains("CREATE TABLE `notes`"))
        let done = try plumb(folder, "reconcile")
        #expect(done.status == 0, "\(done.stdout)\(done.stderr)")
        #expect(try plumb(folder, "plan").status == 0, "its own example is no difference")
        let status = try Shell.check("git", ["status", "--porcelain"], folder: folder.path)
        #expect(status.isEmpty, "the ledger is left out")
    }

    @Test func nothingIsWrittenOver() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine\n", to: "plumb.yaml")
        try folder.write("target\n", to: "elsewhere")
        try folder.write("SELECT 1;\n", to: "schema/app/deep/own.sql")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/.gitignore", withDestinationPath: "elsewhere")
        let output = try plumb(folder, "init")
        #expect(output.status == 0)
        #expect(output.stdout.contains("plumb.yaml   is there, and stays as it is"))
        #expect(output.stdout.contains("schema/app/  has files, and stays as it is"))
        #expect(output.stdout.contains(".gitignore   is there: add a line `/.plumb/`"))
        #expect(text(folder, "plumb.yaml") == "mine\n")
        #expect(text(folder, "elsewhere") == "target\n")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/schema/app/notes.sql"))
        // And a second time where everything is Plumb's own.
        let other = try TemporaryFolder()
        _ = try plumb(other, "init")
        let again = try plumb(other, "init")
        #expect(again.stdout.contains(".gitignore   is there, and leaves the ledger out"))
    }

    @Test func whatCannotBeWrittenIsSaid() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        let output = try plumb(folder, "init", "--into", "file")
        #expect(output.status == 78)
        #expect(output.stderr.contains("file/plumb.yaml cannot be written"))
        let name = try plumb(folder, "init", "--namespace", "../up")
        #expect(name.status == 64 && name.stderr.contains("--namespace ../up: no such name"))
    }

    @Test func hostileWordsAreData() throws {
        let folder = try TemporaryFolder()
        let words = ["a: b", "x}, y: {", "\"q\" #c", "'", "no"]
        for word in words {
            let into = "f\(words.firstIndex(of: word) ?? 0)"
            let output = try plumb(
                folder, "init", "--into", into, "--database", word, "--user", word,
                "--environment", word)
            #expect(output.status == 0)
            let text = text(folder, into + "/plumb.yaml")
            let valid = try Shell.run(
                PlumbProgram.path, ["validate", "--working-tree", "--source", into],
                folder: folder.path)
            // A name that is no database's may be refused, but never as another structure.
            #expect(!valid.stderr.contains("unknown key"), "\(text)\n\(valid.stderr)")
            #expect(!valid.stderr.contains("duplicate"), "\(text)\n\(valid.stderr)")
        }
    }

    private func text(_ folder: TemporaryFolder, _ file: String) -> String {
        (try? String(contentsOfFile: folder.path + "/" + file, encoding: .utf8)) ?? ""
    }

    private func plumb(_ folder: TemporaryFolder, _ words: String...) throws -> Shell.Output {
        try Shell.run(
            PlumbProgram.path, words, environment: ["PLUMB_ACTOR": "ada@example.com"],
            folder: folder.path)
    }
}
