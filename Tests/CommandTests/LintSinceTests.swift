import Foundation
import TestSupport
import Testing

/// `lint --since` compares two revisions; the shards here do not exist.
@Suite struct LintSinceTests {
    private static let wide = """
        CREATE TABLE t (
          id bigint NOT NULL PRIMARY KEY,
          name varchar(200) NOT NULL
        );

        """
    private static let narrow = wide.replacing("varchar(200)", with: "varchar(100)")
    private static let wider = wide.replacing("name varchar(200)", with: "name text")

    /// A repository whose `main` has `old`, and whose branch `topic`, checked out, has `new`.
    private struct Repository {
        let files: TemporaryFolder

        init(_ old: String, _ new: String, _ more: [String] = []) throws {
            files = try TemporaryFolder()
            try git("init", "-q", "-b", "main")
            try commit(old, more)
            try git("tag", "v1")
            try git("checkout", "-q", "-b", "topic")
            if new != old { try commit(new, more) }
        }

        func commit(_ text: String, _ more: [String] = []) throws {
            try files.write(text, to: "schema/app/t.sql")
            try files.write(ServerlessFleet.yaml(more), to: "plumb.yaml")
            try git("add", "-A")
            try git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "Change")
        }

        @discardableResult
        func git(_ words: String...) throws -> String {
            try Shell.check(
                "git", words,
                environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"],
                folder: files.path)
        }

        func expect(_ status: Int32, _ words: String...) throws -> Run {
            let run = try RunningPlumb(["lint"] + words, folder: files.path, environment: [:])
                .wait()
            #expect(run.status == status, "\(run)")
            #expect(!run.says("nonexistent"), "\(run)")
            return run
        }
    }

    @Test func aHazardThatLosesDataIsAnErrorInEveryFormat() throws {
        let repository = try Repository(Self.wide, Self.narrow)
        let place = "schema/app/t.sql:3:3: error: `t`: column `name`: longer values do not fit"
        for revision in ["main", "v1", "HEAD~1", "refs/heads/main"] {
            let text = try repository.expect(2, "--since", revision)
            #expect(
                text.says(
                    place, "`plumb plan` asks the shards [narrow-type]",
                    "1 error in 1 table of topic@", "compared with \(revision)@"), "\(text)")
        }
        let json = try repository.expect(2, "--since", "main", "--output", "json")
        let findings = try #require(try json.json["findings"] as? [[String: Any]])
        #expect(findings.compactMap { $0["hazard"] as? String } == ["lossy"])
        #expect((try json.json["since"] as? String)?.hasPrefix("main@") == true)
        let sarif = try repository.expect(2, "--since", "main", "--output", "sarif")
        #expect(sarif.says("\"ruleId\":\"lint/narrow-type\""), "\(sarif)")
        let junit = try repository.expect(2, "--since", "main", "--output", "junit")
        #expect(junit.says("<failure type=\"narrow-type\""), "\(junit)")
        let github = try repository.expect(2, "--since", "main", "--output", "github")
        #expect(
            github.says("::error file=schema/app/t.sql,line=3,col=3,title=narrow-type"), "\(github)"
        )
    }

    @Test func withoutARevisionNoChangeIsLookedAt() throws {
        let run = try Repository(Self.wide, Self.narrow).expect(0)
        #expect(run.says("nothing found") && !run.says("compared"), "\(run)")
    }

    @Test func aCostlyHazardIsAWarningAndASaferOneIsNothing() throws {
        let costly = try Repository(Self.wide, Self.wider).expect(0, "--since", "main")
        #expect(
            costly.says("warning: `t`: column `name`", "[widen-type]", "1 warning"), "\(costly)")
        let same = try Repository(Self.wide, Self.wide.lowercased()).expect(0, "--since", "main")
        #expect(same.says("nothing found in 1 table", "compared with main@"), "\(same)")
    }

    @Test func theWorkingTreeIsComparedAsItLies() throws {
        let repository = try Repository(Self.wide, Self.wide)
        try repository.files.write(Self.narrow, to: "schema/app/t.sql")
        #expect(try repository.expect(0, "--since", "main").says("nothing found"))
        let run = try repository.expect(2, "--working-tree", "--since", "main")
        #expect(
            run.says("[narrow-type]", "in 1 table of working tree, compared with main@"), "\(run)")
        let other = try repository.expect(0, "--ref", "v1", "--since", "topic")
        #expect(other.says("of v1@", "compared with topic@"), "\(other)")
    }

    @Test func aRevisionThatIsNotThereIsAnErrorThatNamesIt() throws {
        let repository = try Repository(Self.wide, Self.narrow)
        for words in [[], ["--working-tree"]] {
            let run = try RunningPlumb(
                ["lint", "--since", "origin/main"] + words, folder: repository.files.path,
                environment: [:]
            ).wait()
            #expect(run.status == 1, "\(run)")
            #expect(run.says("there is no revision origin/main", "fetch it first"), "\(run)")
        }
        let none = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: repository.files.path + "/plumb.yaml", toPath: none.path + "/plumb.yaml")
        try none.write(Self.wide, to: "schema/app/t.sql")
        let run = try RunningPlumb(
            ["lint", "--working-tree", "--since", "main"], folder: none.path, environment: [:]
        ).wait()
        #expect(run.status == 1 && run.says("repository"), "\(run)")
    }

    @Test func whatTheEarlierRevisionHasWrongIsSaidToBeItsOwn() throws {
        let tables = try Repository("CREATE TABLE t (id in);\n", Self.wide)
        let table = try tables.expect(1, "--since", "main")
        #expect(table.says("main:schema/app/t.sql:1:20"), "\(table)")
        let fleet = try Repository(Self.wide, Self.narrow, ["lints: {}"])
        try fleet.commit(Self.narrow)
        let fault = try fleet.expect(78, "--since", "main")
        #expect(fault.says("main:plumb.yaml:"), "\(fault)")
    }

    @Test func plumbYamlSetsLevelsAndExcuses() throws {
        let off = ["lint: {rules: {narrow-type: warning}}"]
        #expect(
            try Repository(Self.wide, Self.narrow, off).expect(0, "--since", "main").says(
                "1 warning"))
        let waiver = [
            "lint:", "  waivers:", "    - rule: narrow-type", "      table: app.t",
            "      column: name", "      owner: ann@example.org",
            "      reason: no name is longer", "      expires: 2999-12-31",
        ]
        let waived = try Repository(Self.wide, Self.narrow, waiver)
        #expect(try waived.expect(0, "--since", "main").says("1 waived"))
        // Nothing that it is about is looked for, so it is not unused.
        #expect(try waived.expect(0).says("nothing found"))
        #expect(try waived.expect(0, "--since", "HEAD").says("[waiver-unused]"))
        let unknown = try Repository(Self.wide, Self.narrow, ["lint: {rules: {narow-type: off}}"])
        #expect(try unknown.expect(78).says("did you mean `narrow-type`?"))
    }

    @Test func aMirrorHasItsBranches() throws {
        let repository = try Repository(Self.wide, Self.narrow)
        let elsewhere = try TemporaryFolder()
        let run = try RunningPlumb(
            [
                "lint", "--source", "file://" + repository.files.path, "--ref", "topic",
                "--since", "main",
            ], folder: elsewhere.path, environment: [:]
        ).wait()
        #expect(run.status == 2 && run.says("[narrow-type]", "compared with main@"), "\(run)")
    }
}
