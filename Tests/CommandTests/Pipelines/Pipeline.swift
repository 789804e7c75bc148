import Foundation
import TestSupport
import Testing

/// A fleet whose schema repository is on a forge, and the script that the forge's pipelines run.
final class Pipeline {
    let fleet: FleetFixture
    let forge: RecordedForge
    /// Variables of the pipeline beside the forge's own.
    var settings: [String: String] = [:]

    /// The folder that holds `ci`.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A converged fleet, and a request that adds a column and drops another one.
    init(_ change: String = Pipeline.changed) throws {
        fleet = try FleetFixture()
        forge = try RecordedForge()
        try fleet.expect(0, "reconcile")
        try fleet.git("remote", "add", "origin", "https://example.com/o/r.git")
        try fleet.git("update-ref", "refs/remotes/origin/main", "main")
        try fleet.git("checkout", "-q", "-b", "topic")
        try fleet.change("orders.sql", change)
    }

    static let changed = """
        CREATE TABLE orders (
          id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
          customer bigint NOT NULL,
          status varchar(20)
        );

        """

    /// A request with tables of some 45 kB each, and `last` in the end.
    static func large(tables: Int) -> String {
        (0..<tables).map { table in
            let columns = (0..<50).map {
                "  c\($0) int COMMENT '\(String(repeating: "é", count: 450))'"
            }
            return "CREATE TABLE large_\(table) (\n  id bigint PRIMARY KEY,\n"
                + columns.joined(separator: ",\n") + "\n);\n"
        }.joined() + changed + "CREATE TABLE last (id bigint PRIMARY KEY);\n"
    }

    /// Goes back to the followed branch, with the request merged or not.
    func goToMain(merged: Bool = true) throws {
        try fleet.git("checkout", "-q", "main")
        if merged { try fleet.git("merge", "-q", "--ff-only", "topic") }
    }

    /// What a job left.
    struct Job: CustomStringConvertible {
        let status: Int32
        /// Standard output and standard error.
        let log: String
        let summary: String
        let outputs: String

        var description: String { "status \(status)\n--- log\n\(log)--- summary\n\(summary)" }
    }

    /// Runs the script as a job of GitHub.
    ///
    /// - Parameter head: the repository that the request comes from; nil for no request.
    func gitHub(_ command: String, from head: String? = "o/r") throws -> Job {
        var variables = [
            "GITHUB_ACTIONS": "true", "GITLAB_CI": "", "GITHUB_API_URL": forge.url,
            "GITHUB_GRAPHQL_URL": forge.url + "/graphql", "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "99",
            "GITHUB_SHA": try commit(), "GITHUB_REF": "refs/heads/main",
            "GITHUB_EVENT_NAME": "push", "GITHUB_BASE_REF": "",
            "GITHUB_STEP_SUMMARY": fleet.folder.path + "/summary",
            "GITHUB_OUTPUT": fleet.folder.path + "/outputs",
            "RUNNER_TEMP": fleet.folder.path,
        ]
        var event: [String: Any] = ["repository": ["default_branch": "main"]]
        if let head {
            variables["GITHUB_EVENT_NAME"] = "pull_request"
            variables["GITHUB_BASE_REF"] = "main"
            variables["GITHUB_REF"] = "refs/pull/7/merge"
            event["pull_request"] = [
                "number": 7, "title": "`$(touch /tmp/x)`\n::error::\"",
                "head": ["repo": ["full_name": head]], "base": ["ref": "main"],
            ]
        }
        variables["GITHUB_EVENT_PATH"] = try fleet.folder.write(
            String(decoding: try JSONSerialization.data(withJSONObject: event), as: UTF8.self),
            to: "event.json")
        return try job(command, variables)
    }

    /// Runs the script as a job of GitLab, whose documents are in `plumb-ci` of `project`.
    ///
    /// - Parameters:
    ///   - project: where the pipeline runs; the merge request is one of project 5.
    ///   - branch: the branch that it runs for; nil for the merge request.
    func gitLab(_ command: String, in project: Int = 5, branch: String? = nil) throws -> Job {
        let checkout = fleet.folder.path + "/build"
        try? FileManager.default.removeItem(atPath: checkout + "/plumb-ci")
        try FileManager.default.createDirectory(
            atPath: checkout, withIntermediateDirectories: true)
        var variables = [
            "GITHUB_ACTIONS": "", "GITLAB_CI": "true", "CI_API_V4_URL": forge.url + "/api/v4",
            "CI_PROJECT_ID": "\(project)", "CI_PROJECT_DIR": checkout,
            "CI_DEFAULT_BRANCH": "main", "CI_JOB_URL": "https://gitlab.example.com/o/r/-/jobs/1",
            "GITHUB_STEP_SUMMARY": "",
        ]
        if let branch {
            variables["CI_COMMIT_BRANCH"] = branch
        } else {
            variables["CI_MERGE_REQUEST_IID"] = "7"
            variables["CI_MERGE_REQUEST_PROJECT_ID"] = "5"
            variables["CI_MERGE_REQUEST_PROJECT_PATH"] = "o/r"
            variables["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] = "main"
        }
        return try job(command, variables)
    }

    /// Runs the script where no forge is known.
    func elsewhere(_ command: String) throws -> Job {
        settings["PLUMB_CI_OUTPUT"] = fleet.folder.path + "/documents"
        return try job(command, ["GITHUB_ACTIONS": "", "GITLAB_CI": "", "GITHUB_STEP_SUMMARY": ""])
    }

    func commit() throws -> String { try fleet.git("rev-parse", "HEAD").filter(\.isHexDigit) }

    /// A document of GitLab's job.
    func document(_ name: String) throws -> String {
        try String(
            contentsOfFile: "\(fleet.folder.path)/build/plumb-ci/\(name)", encoding: .utf8)
    }

    private func job(_ command: String, _ variables: [String: String]) throws -> Job {
        for name in ["summary", "outputs"] {
            try? FileManager.default.removeItem(atPath: "\(fleet.folder.path)/\(name)")
        }
        let all = fleet.environment(nil)
            .merging(variables) { $1 }
            .merging(
                [
                    "PLUMB_CI_TOKEN": RecordedForge.token, "PLUMB_CI_PLUMB": PlumbProgram.path,
                    "PLUMB_CI_DIRECTORY": fleet.repository,
                ]
            ) { $1 }.merging(settings) { $1 }
        let run = try Shell.run("sh", [Self.root + "/ci/plumb-ci.sh", command], environment: all)
        return Job(
            status: run.status, log: run.stdout + run.stderr, summary: text("summary"),
            outputs: text("outputs"))
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(fleet.folder.path)/\(name)", encoding: .utf8)) ?? ""
    }
}
