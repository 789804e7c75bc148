import Foundation
import TestSupport
import Testing

/// What a pull or merge request shows of a plan: one comment, which later runs edit.
@Suite struct RequestCommentTests {
    private typealias Comment = RecordedForge.Comment
    private typealias Fault = RecordedForge.Fault

    @Test func theFirstRunCommentsAndTheNextOneEditsThat() throws {
        let pipeline = try Pipeline()
        let first = try pipeline.gitHub("plan")
        #expect(first.status == 0, "a plan with changes fails no job: \(first)")
        #expect(first.outputs.contains("status=2\n") || first.outputs.contains("status=3\n"))
        let comment = try #require(try pipeline.forge.comments.first)
        #expect(comment.author == "github-actions[bot]")
        #expect(comment.body.hasPrefix("<!-- plumb-ci plan default "))
        for part in ["### Plan `production`", "`app.orders`", "DROP COLUMN `note`", "runs/99"] {
            #expect(comment.body.contains(part), "\(part) in \(comment.body)")
        }
        #expect(first.summary.contains("### Plan `production`"))
        #expect(first.summary.contains("<summary>as text</summary>"))

        try pipeline.fleet.change("orders.sql", StoryTests.withStatus)
        let second = try pipeline.gitHub("plan")
        #expect(second.status == 0, "\(second)")
        let edited = try pipeline.forge.comments
        #expect(edited.map(\.id) == [comment.id])
        #expect(edited[0].body.contains("by_status") && !edited[0].body.contains("DROP COLUMN"))
    }

    @Test func gitLabHasANoteAndDocuments() throws {
        let pipeline = try Pipeline()
        let first = try pipeline.gitLab("plan")
        #expect(first.status == 0, "\(first)")
        #expect(try pipeline.document("plan.sarif").contains("hazard/drop-column"))
        #expect(try pipeline.document("plan.junit.xml").contains("<testsuite"))
        let second = try pipeline.gitLab("plan")
        #expect(second.status == 0, "\(second)")
        let notes = try pipeline.forge.comments
        #expect(notes.count == 1 && notes[0].body.contains("DROP COLUMN `note`"))
        #expect(try pipeline.forge.questions.map(\.method).suffix(3) == ["GET", "GET", "PUT"])
    }

    @Test func eachEnvironmentHasItsComment() throws {
        let pipeline = try Pipeline()
        _ = try pipeline.gitHub("plan")
        pipeline.settings["PLUMB_CI_ENVIRONMENT"] = "production"
        _ = try pipeline.gitHub("plan")
        #expect(try pipeline.forge.comments.count == 2)
    }

    /// GitHub has a hundred comments on a page, and what follows is not looked at by itself.
    @Test func theCommentIsFoundBehindManyOthers() throws {
        let pipeline = try Pipeline()
        _ = try pipeline.gitHub("plan")
        let own = try #require(try pipeline.forge.comments.first)
        let others = (1...240).map {
            Comment($0, by: "ada", "a \"quote\", a \\, a\ttab\n\u{1F600}")
        }
        try pipeline.forge.set(others + [Comment(own.id, by: own.author, own.body + "old")])
        _ = try pipeline.gitHub("plan")
        let comments = try pipeline.forge.comments
        #expect(comments.count == 241 && Array(comments.prefix(240)) == others)
        #expect(comments[240] == own)
    }

    @Test(arguments: [502, 503, 429])
    func whatTheForgeLostIsSentAgain(_ status: Int) throws {
        let pipeline = try Pipeline()
        try pipeline.forge.fail(Fault("POST", "/issues/7/comments", status))
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job)")
        #expect(try pipeline.forge.comments.count == 1)
    }

    /// A gateway that gives up does not say whether the forge did it.
    @Test func whatTheForgeDidAndDidNotSayIsNotDoneTwice() throws {
        let pipeline = try Pipeline()
        try pipeline.forge.fail(Fault("POST", "/issues/7/comments", 502, late: true))
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job)")
        #expect(try pipeline.forge.comments.count == 1)
        #expect(try pipeline.forge.questions.contains { $0.method == "PATCH" })
    }

    /// Two runs that both find no comment write one each; the later one takes its own back.
    @Test(arguments: [true, false])
    func twoRunsAtOnceLeaveOneComment(_ isGitHub: Bool) throws {
        let pipeline = try Pipeline()
        var race = Fault("POST", isGitHub ? "/issues/7/comments" : "/notes", 0)
        race.races = true
        try pipeline.forge.fail(race)
        let job = isGitHub ? try pipeline.gitHub("plan") : try pipeline.gitLab("plan")
        #expect(job.status == 0, "\(job)")
        let comments = try pipeline.forge.comments
        #expect(comments.map(\.id) == [500], "\(job)")
        #expect(comments.first?.body.contains("DROP COLUMN `note`") == true)
    }

    @Test func aRateLimitIsWaitedFor() throws {
        let pipeline = try Pipeline()
        try pipeline.forge.fail(
            Fault(
                "GET", "/issues/7/comments", 403, message: "a secondary rate limit",
                headers: ["Retry-After": "1"]))
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job)")
        #expect(try pipeline.forge.comments.count == 1)
    }

    @Test(arguments: [
        (401, "the token is not valid"), (403, "pull-requests: write"), (404, "may not see it"),
        (422, "the forge answers 422: no"),
    ])
    func aCommentThatIsRefusedFailsNothing(_ status: Int, _ says: String) throws {
        let pipeline = try Pipeline()
        try pipeline.forge.fail(Fault("POST", "/issues/7/comments", status, always: true))
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job)")
        #expect(job.log.contains(says), "\(job)")
        #expect(job.summary.contains("### Plan `production`"))
        let asked = try pipeline.forge.questions.filter { $0.status == status }
        #expect(asked.count == 1, "it is not asked again")
    }

    @Test func aForgeThatStaysDownIsGivenUp() throws {
        let pipeline = try Pipeline()
        try pipeline.forge.fail(Fault("POST", "/graphql", 503, always: true))
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job)")
        #expect(job.log.contains("the forge did not take it (503)"), "\(job)")
        #expect(try pipeline.forge.questions.filter { $0.status == 503 }.count == 4)
    }

    /// Where the markdown is within its bytes but the forge's own limit is not.
    @Test func aCommentThatIsTooLongSaysWhereTheRestIs() throws {
        let pipeline = try Pipeline(Pipeline.large(tables: 3))
        pipeline.settings["PLUMB_CI_ARGUMENTS"] = "--max-bytes=500000"
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job)")
        let body = try #require(try pipeline.forge.comments.first?.body)
        #expect(body.utf8.count <= 65_536 && body.utf8.count > 50_000)
        #expect(body.contains("The rest did not fit: the summary of the job has it all."))
        #expect(body.components(separatedBy: "```").count % 2 == 1, "its fences are closed")
        #expect(
            body.components(separatedBy: "<details>").count
                == body.components(separatedBy: "</details>").count)
        #expect(job.summary.contains("CREATE TABLE `last`") && !body.contains("TABLE `last`"))
    }
}
