import Foundation
import TestSupport
import Testing

@testable import Reconciler

@Suite("Pipelines of pull requests are recognised by their variables")
struct CIPipelineTests {
    private static let sha = "0123456789abcdef0123456789abcdef01234567"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let variables: [String: String]
        var payload: String?
        let expected: CIPipeline?
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing", variables: [:], expected: nil),
        Case(
            name: "a push on GitHub",
            variables: ["GITHUB_EVENT_NAME": "push", "GITHUB_BASE_REF": ""], expected: nil),
        Case(
            name: "a pull request on GitHub",
            variables: [
                "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main",
                "GITHUB_REPOSITORY": "o/r",
            ], payload: "{\"pull_request\": {\"base\": {\"ref\": \"x\", \"sha\": \"\(sha)\"}}}",
            expected: CIPipeline(system: "GitHub", branch: "main", commits: [sha], project: "o/r")),
        Case(
            name: "a pull request without a base",
            variables: ["GITHUB_EVENT_NAME": "pull_request_target"],
            expected: CIPipeline(system: "GitHub", branch: nil)),
        Case(
            name: "a merge queue", variables: ["GITHUB_EVENT_NAME": "merge_group"],
            payload:
                "{\"merge_group\": {\"base_ref\": \"refs/heads/main\", \"base_sha\": \"\(sha)\"}}",
            expected: CIPipeline(system: "GitHub", branch: "main", commits: [sha])),
        Case(
            name: "a comment on an issue", variables: ["GITHUB_EVENT_NAME": "issue_comment"],
            payload: "{\"issue\": {}}", expected: nil),
        Case(
            name: "a comment on a pull request",
            variables: ["GITHUB_EVENT_NAME": "issue_comment"],
            payload: "{\"issue\": {\"pull_request\": {}}}",
            expected: CIPipeline(system: "GitHub", branch: nil)),
        Case(
            name: "a comment of which nothing is known",
            variables: ["GITHUB_EVENT_NAME": "issue_comment"],
            expected: CIPipeline(system: "GitHub", branch: nil)),
        Case(
            name: "what runs after a pull request",
            variables: ["GITHUB_EVENT_NAME": "workflow_run"],
            payload: "{\"workflow_run\": {\"event\": \"pull_request\"}}",
            expected: CIPipeline(system: "GitHub", branch: nil)),
        Case(
            name: "GitLab's pipeline of a branch with an open request",
            variables: [
                "CI_OPEN_MERGE_REQUESTS": "o/r!3,o/r!4", "CI_PIPELINE_SOURCE": "push",
                "CI_COMMIT_BRANCH": "x", "CI_DEFAULT_BRANCH": "main",
            ], expected: CIPipeline(system: "GitLab", branch: "main", project: "o/r")),
        Case(
            name: "the same, with requests for several projects",
            variables: [
                "CI_OPEN_MERGE_REQUESTS": "o/r!3,p/r!4", "CI_COMMIT_BRANCH": "x",
                "CI_DEFAULT_BRANCH": "main",
            ], expected: CIPipeline(system: "GitLab", branch: nil)),
        Case(
            name: "the same, where nobody says the default branch",
            variables: ["CI_OPEN_MERGE_REQUESTS": "o/r!3", "CI_COMMIT_BRANCH": "x"],
            expected: CIPipeline(system: "GitLab", branch: nil, project: "o/r")),
        Case(
            name: "GitLab's pipeline of a protected branch from which one is open",
            variables: [
                "CI_OPEN_MERGE_REQUESTS": "o/r!3", "CI_COMMIT_BRANCH": "live",
                "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_REF_PROTECTED": "true",
            ], expected: nil),
        Case(
            name: "GitLab's pipeline of the default branch from which one is open",
            variables: [
                "CI_OPEN_MERGE_REQUESTS": "o/r!3", "CI_COMMIT_BRANCH": "main",
                "CI_DEFAULT_BRANCH": "main",
            ], expected: nil),
        Case(
            name: "what runs after a push", variables: ["GITHUB_EVENT_NAME": "workflow_run"],
            payload: "{\"workflow_run\": {\"event\": \"push\"}}", expected: nil),
        Case(
            name: "a merge request on GitLab",
            variables: [
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": sha, "CI_MERGE_REQUEST_PROJECT_PATH": "g/p",
            ],
            expected: CIPipeline(system: "GitLab", branch: "main", commits: [sha], project: "g/p")),
        Case(
            name: "a merge request that says no more",
            variables: ["CI_PIPELINE_SOURCE": "merge_request_event"],
            expected: CIPipeline(system: "GitLab", branch: nil)),
        Case(
            name: "a push on GitLab", variables: ["CI_PIPELINE_SOURCE": "push"], expected: nil),
        Case(
            name: "Azure",
            variables: [
                "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
                "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
            ], expected: CIPipeline(system: "Azure Pipelines", branch: "main")),
        Case(
            name: "Buildkite",
            variables: [
                "BUILDKITE_PULL_REQUEST": "7", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
            ], expected: CIPipeline(system: "Buildkite", branch: "main")),
        Case(
            name: "a branch on Buildkite", variables: ["BUILDKITE_PULL_REQUEST": "false"],
            expected: nil),
        Case(
            name: "Bitbucket",
            variables: ["BITBUCKET_PR_ID": "7", "BITBUCKET_PR_DESTINATION_BRANCH": "main"],
            expected: CIPipeline(system: "Bitbucket", branch: "main")),
        Case(
            name: "Jenkins",
            variables: ["CHANGE_ID": "7", "JENKINS_URL": "x", "CHANGE_TARGET": "main"],
            expected: CIPipeline(system: "Jenkins", branch: "main")),
    ]

    @Test(arguments: cases)
    func isRead(_ test: Case) throws {
        let folder = try TemporaryFolder()
        var variables = test.variables
        if let payload = test.payload {
            variables["GITHUB_EVENT_PATH"] = try folder.write(payload, to: "event.json")
        }
        #expect(CIPipeline.detect(variables) == test.expected)
    }

    @Test(
        "attack: a base branch that is an expression or an option",
        arguments: [
            "-x", "--upload-pack=x", ":/First", "HEAD~1", "main@{1}", "main^{tree}", "a..b",
            "a b", "x:plumb.yaml", "refs/heads/", "/x", "x//y", ".x", "x.lock", "@", "a\nb",
        ])
    func hostileNamesAreNoNames(_ name: String) {
        #expect(CIPipeline(system: "x", branch: name).branch == nil)
    }

    @Test(
        "attack: a base commit that is an expression",
        arguments: ["HEAD", "main", "0123456", String(repeating: "0", count: 40), "\(sha)^"])
    func hostileCommitsAreNone(_ id: String) {
        #expect(CIPipeline(system: "x", branch: nil, commits: [id]).commits.isEmpty)
    }
}
