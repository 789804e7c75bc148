import Foundation
import TestSupport
import Testing

/// A pipeline has secrets and a token, and shows what strangers wrote.
@Suite struct PipelineAttackTests {
    private typealias Comment = RecordedForge.Comment

    @Test("attack: somebody else's comment with the marker, and an own one that quotes it")
    func othersComments() throws {
        let pipeline = try Pipeline()
        _ = try pipeline.gitHub("plan")
        let own = try #require(try pipeline.forge.comments.first)
        let others = [
            Comment(1, by: "mallory", own.body),
            Comment(2, by: own.author, "Somebody said:\n" + own.body),
        ]
        try pipeline.forge.set(others)
        _ = try pipeline.gitHub("plan")
        let comments = try pipeline.forge.comments
        #expect(Array(comments.prefix(2)) == others)
        #expect(comments.count == 3 && comments[2].body == own.body)
        // Another token is somebody else.
        pipeline.settings["PLUMB_CI_TOKEN"] = RecordedForge.otherToken
        _ = try pipeline.gitHub("plan")
        #expect(try pipeline.forge.comments.map(\.author).last == "octocat")
        #expect(try pipeline.forge.comments.count == 4)
    }

    @Test("attack: a pull request from a fork gets no comment, and no findings of its own")
    func fork() throws {
        let pipeline = try Pipeline()
        let job = try pipeline.gitHub("plan", from: "mallory/r")
        #expect(try pipeline.forge.questions.isEmpty)
        #expect(job.log.contains("from a fork: its token may not comment"), "\(job)")
        #expect(job.summary.contains("This pull request comes from a fork."))
        #expect(job.summary.contains("### Plan `production`"))
        let lab = try pipeline.gitLab("plan", in: 6)
        #expect(lab.log.contains("from a fork"), "\(lab)")
        #expect(try pipeline.forge.questions.isEmpty)
    }

    @Test("attack: the token is in no log, no argument, no document and not with plumb")
    func token() throws {
        let pipeline = try Pipeline()
        let spy = try pipeline.fleet.folder.write(
            """
            #!/bin/sh
            env >>"\(pipeline.fleet.folder.path)/seen"
            printf '%s ' "$@" >>"\(pipeline.fleet.folder.path)/seen"
            exec "$(basename "$0" | sed 's|curl|/usr/bin/curl|; s|plumb|\(PlumbProgram.path)|')" "$@"
            """, to: "bin/curl")
        chmod(spy, 0o755)
        try FileManager.default.copyItem(
            atPath: spy, toPath: pipeline.fleet.folder.path + "/bin/plumb")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        pipeline.settings["PATH"] = pipeline.fleet.folder.path + "/bin:" + path
        pipeline.settings["PLUMB_CI_PLUMB"] = "plumb"
        let job = try pipeline.gitHub("plan")
        #expect(try pipeline.forge.comments.count == 1, "\(job)")
        #expect(
            try pipeline.forge.questions.allSatisfy {
                $0.headers["authorization"] == "Bearer " + RecordedForge.token
            })
        let seen = try String(
            contentsOfFile: pipeline.fleet.folder.path + "/seen", encoding: .utf8)
        #expect(seen.contains("PLUMB_CI_DIRECTORY="), "the spy was asked")
        for text in [seen, "\(job)", job.outputs] { #expect(!text.contains(RecordedForge.token)) }
        let leftovers = try Shell.run(
            "grep", ["-rl", RecordedForge.token, pipeline.fleet.folder.path])
        #expect(leftovers.stdout.isEmpty, "\(leftovers.stdout)")
    }

    @Test("attack: a token that would be sent in clear, or that is a setting of curl")
    func clearToken() throws {
        let pipeline = try Pipeline()
        pipeline.settings["GITHUB_API_URL"] = "http://forge.example.com"
        let clear = try pipeline.gitHub("plan")
        #expect(clear.status == 78 && clear.log.contains("not sent in clear"), "\(clear)")
        pipeline.settings["GITHUB_API_URL"] = pipeline.forge.url
        pipeline.settings["PLUMB_CI_TOKEN"] = "x\"\nurl = \"http://example.com"
        let odd = try pipeline.gitHub("plan")
        #expect(odd.status == 78 && odd.log.contains("the token has a character"), "\(odd)")
        #expect(try pipeline.forge.questions.isEmpty)
    }

    @Test("attack: names, files and comments with commands of the runner and of the forge")
    func names() throws {
        let pipeline = try Pipeline(
            """
            CREATE TABLE orders (
              id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
              customer bigint NOT NULL,
              `::error::x` int COMMENT '
            /merge
            ::set-output name=a::b
            ```
            </details> @everyone $(touch HERE) `touch HERE`
            '
            );

            """)
        try pipeline.fleet.git("mv", "schema/app/orders.sql", "schema/app/::error::a,%0A\n::b.sql")
        try pipeline.fleet.commit("::warning::title $(touch HERE)")
        let hub = try pipeline.gitHub("plan")
        let file = "file=schema/app/%3A%3Aerror%3A%3Aa%2C%250A%0A%3A%3Ab.sql,line="
        #expect(hub.log.contains(file), "\(hub)")
        for job in [hub, try pipeline.gitLab("plan")] {
            #expect(job.status == 0, "\(job)")
            let annotations = job.log.split(separator: "\n").filter { line in
                line.drop { $0 == " " }.hasPrefix("::")
            }
            let known = ["::error file=", "::warning file=", "::notice file="]
            #expect(
                annotations.allSatisfy { line in known.contains { line.hasPrefix($0) } },
                "\(annotations)")
        }
        let bodies = try pipeline.forge.comments.map(\.body)
        #expect(bodies.count == 1)
        for line in bodies[0].split(separator: "\n") {
            #expect(!line.hasPrefix("/"), "\(line)")
        }
        #expect(access(pipeline.fleet.repository + "/HERE", F_OK) != 0)
    }

    /// No text of plumb's own begins a line with a slash; what else may come is not left to that.
    @Test("attack: lines of a plan that GitLab would carry out")
    func quickActions() throws {
        let pipeline = try Pipeline()
        let program = try pipeline.fleet.folder.write(
            """
            #!/bin/sh
            for word in "$@"; do
                case $word in
                    --write=markdown=*)
                        printf '/merge\\n```sql\\n/close\\n```\\n/approve\\n' \
                            >"${word#--write=markdown=}" ;;
                esac
            done
            """, to: "program")
        chmod(program, 0o755)
        pipeline.settings["PLUMB_CI_PLUMB"] = program
        let job = try pipeline.gitLab("plan")
        let note = try #require(try pipeline.forge.comments.first?.body, "\(job)")
        #expect(note.contains("\\/merge\n```sql\n /close\n```\n\\/approve\n"), "\(note)")
    }

    @Test("attack: settings that a shell would read are one argument each")
    func injection() throws {
        let pipeline = try Pipeline()
        let mark = pipeline.fleet.folder.path + "/mark"
        let hostile = "$(touch \(mark)) `touch \(mark)`; touch \(mark) 'x\" --> \\"
        for name in ["ENVIRONMENT", "DIRECTORY", "PLUMB", "BRANCH", "VERSION", "ARGUMENTS"] {
            pipeline.settings = ["PLUMB_CI_\(name)": hostile]
            let job = try pipeline.gitHub(name == "BRANCH" ? "reconcile" : "plan")
            #expect(job.status != 0, "\(name): \(job)")
            #expect(access(mark, F_OK) != 0, "\(name): \(job)")
        }
        pipeline.settings = ["PLUMB_CI_ACCEPT": "*"]
        #expect(try pipeline.gitHub("plan").status == 64)
        pipeline.settings = [:]
        let command = try pipeline.gitHub("plan;touch \(mark)")
        #expect(command.status == 64 && access(mark, F_OK) != 0, "\(command)")
    }

    @Test("attack: a forge's answer with commands of the runner, and one that leads elsewhere")
    func answers() throws {
        let pipeline = try Pipeline()
        try pipeline.forge.fail(
            RecordedForge.Fault(
                "POST", "/issues/7/comments", 422, message: "a\n::error::x ##[add-mask]y",
                always: true))
        let job = try pipeline.gitHub("plan")
        #expect(job.log.contains("answers 422: a"), "\(job)")
        #expect(!job.log.contains("::error::x") && !job.log.contains("##["), "\(job)")
        try pipeline.forge.fail(
            RecordedForge.Fault(
                "GET", "/issues/7/comments", 302,
                headers: ["Location": pipeline.forge.url + "/elsewhere"], always: true))
        _ = try pipeline.gitHub("plan")
        #expect(try pipeline.forge.comments.isEmpty)
        #expect(try !pipeline.forge.questions.contains { $0.path == "/elsewhere" })
    }

    @Test("attack: names of the event that would be parts of other addresses")
    func addresses() throws {
        let pipeline = try Pipeline()
        for (name, value) in [
            ("GITHUB_REPOSITORY", "o/r/../../user"), ("GITHUB_REPOSITORY", "o/r?x=1"),
        ] {
            pipeline.settings = [name: value]
            let job = try pipeline.gitHub("plan")
            #expect(job.status == 78 && job.log.contains("is no name of a repository"), "\(job)")
        }
        pipeline.settings = ["CI_MERGE_REQUEST_IID": "7/../8"]
        #expect(try pipeline.gitLab("plan").status == 78)
        #expect(try pipeline.forge.questions.isEmpty)
    }

    @Test("attack: findings of a request that would stand for its base")
    func findingsOfTheBase() throws {
        let pipeline = try Pipeline()
        pipeline.settings = [
            "GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_REF": "refs/heads/main",
        ]
        let job = try pipeline.gitHub("plan", from: "mallory/r")
        #expect(try pipeline.forge.comments.count == 1, "its token may comment: \(job)")
        #expect(try pipeline.forge.findings == nil)
    }

    @Test("attack: settings of curl that somebody left on the runner")
    func settingsOfCurl() throws {
        let pipeline = try Pipeline()
        let trace = pipeline.fleet.folder.path + "/trace"
        try pipeline.fleet.folder.write("trace-ascii = \"\(trace)\"\n", to: ".curlrc")
        _ = try pipeline.gitHub("plan")
        #expect(try pipeline.forge.comments.count == 1)
        #expect(access(trace, F_OK) != 0)
    }

    @Test("attack: a repository that brings the folder of documents along, as a link")
    func folderOfDocuments() throws {
        let pipeline = try Pipeline()
        let target = pipeline.fleet.folder.path + "/elsewhere"
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: true)
        let link = pipeline.fleet.repository + "/plumb-ci"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        pipeline.settings["PLUMB_CI_OUTPUT"] = link
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 78 && job.log.contains("plumb-ci is there already"), "\(job)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: target).isEmpty)
    }

    @Test("attack: a pipeline for another branch, or for a request, that would reconcile")
    func reconcileElsewhere() throws {
        let pipeline = try Pipeline()
        try pipeline.fleet.expectUntouched {
            let request = try pipeline.gitHub("reconcile")
            #expect(request.status == 5, "\(request)")
            let lab = try pipeline.gitLab("reconcile", branch: "topic")
            #expect(lab.status == 5 && lab.log.contains("for the branch main"), "\(lab)")
            pipeline.settings["GITHUB_REF"] = "refs/tags/main"
            let tag = try pipeline.gitHub("reconcile", from: nil)
            #expect(tag.status == 5, "\(tag)")
        }
    }
}
