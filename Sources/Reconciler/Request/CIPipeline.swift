import Desired
import Foundation

/// A CI pipeline that runs for a pull or merge request, as its environment variables say.
///
/// All of it is untrusted input: names are validated, and only looked up as full names.
package struct CIPipeline: Hashable, Sendable {
    /// The name for messages, such as `GitHub`.
    package let system: String
    /// The short name of the target branch; nil where it is not known.
    package let branch: String?
    /// Commits of that branch by their full ids, the most likely first.
    package let commits: [String]
    /// The path of the project with that branch, `owner/name`; nil where it is not known.
    package let project: String?

    package init(
        system: String, branch: String?, commits: [String] = [], project: String? = nil
    ) {
        self.system = system
        self.branch = branch.flatMap { BranchName.isPlain($0) ? $0 : nil }
        self.commits = commits.filter(Self.isWholeID)
        self.project = project
    }

    /// The pipeline that `variables` describe; nil where it runs for no request.
    package static func detect(_ variables: [String: String]) -> CIPipeline? {
        let set = Variables(values: variables)
        return gitHub(set) ?? gitLab(set) ?? others(set)
    }

    private struct Variables {
        let values: [String: String]

        /// The value; nil for an empty one.
        subscript(_ name: String) -> String? {
            values[name].flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    // MARK: GitHub

    /// Events of a request; others may name a base branch too, but are not about one.
    private static let requestEvents: Set<String> = [
        "pull_request", "pull_request_target", "pull_request_review",
        "pull_request_review_comment", "merge_group",
    ]

    private static func gitHub(_ variables: Variables) -> CIPipeline? {
        let event = variables["GITHUB_EVENT_NAME"]
        let payload = GitHubPayload(path: variables["GITHUB_EVENT_PATH"])
        let base = variables["GITHUB_BASE_REF"]
        let isRequest =
            base != nil || event.map(requestEvents.contains) ?? false
            // A job for a comment on a request, or after a request's pipeline, often checks the
            // request out.
            || (event == "issue_comment" && payload?.isAboutRequest != false)
            || (event == "workflow_run" && payload?.followsRequest != false)
        guard isRequest else { return nil }
        return CIPipeline(
            system: "GitHub", branch: base ?? payload?.baseBranch,
            commits: [payload?.baseCommit].compactMap { $0 },
            project: variables["GITHUB_REPOSITORY"])
    }

    // MARK: GitLab and others

    private static func gitLab(_ variables: Variables) -> CIPipeline? {
        let branch = variables["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"]
        guard
            branch != nil || variables["CI_MERGE_REQUEST_IID"] != nil
                || variables["CI_PIPELINE_SOURCE"] == "merge_request_event"
        else { return gitLabBranch(variables) }
        return CIPipeline(
            system: "GitLab", branch: branch,
            commits: ["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"]
                .compactMap { variables[$0] },
            project: variables["CI_MERGE_REQUEST_PROJECT_PATH"])
    }

    /// The pipeline of a branch that has an open merge request, which is what GitLab runs by
    /// default.
    ///
    /// GitLab does not say the target branch here: the default branch is assumed. To a protected
    /// branch only those can push who may merge there.
    private static func gitLabBranch(_ variables: Variables) -> CIPipeline? {
        guard let requests = variables["CI_OPEN_MERGE_REQUESTS"],
            variables["CI_COMMIT_REF_PROTECTED"] != "true"
        else { return nil }
        let branch = variables["CI_DEFAULT_BRANCH"]
        if let branch, branch == variables["CI_COMMIT_BRANCH"] { return nil }
        // `group/project!333,group/project!334`: for each merge request the target project.
        let projects = Set(
            requests.split(separator: ",").map { $0.prefix { $0 != "!" } }.map(String.init))
        guard let project = projects.first, projects.count == 1 else {
            return CIPipeline(system: "GitLab", branch: nil)
        }
        return CIPipeline(system: "GitLab", branch: branch, project: project)
    }

    private static func others(_ variables: Variables) -> CIPipeline? {
        if variables["SYSTEM_PULLREQUEST_PULLREQUESTID"] != nil {
            return CIPipeline(
                system: "Azure Pipelines",
                branch: variables["SYSTEM_PULLREQUEST_TARGETBRANCH"].map(short))
        }
        if variables["BITBUCKET_PR_ID"] != nil {
            return CIPipeline(
                system: "Bitbucket", branch: variables["BITBUCKET_PR_DESTINATION_BRANCH"])
        }
        if let number = variables["BUILDKITE_PULL_REQUEST"], number != "false" {
            return CIPipeline(
                system: "Buildkite", branch: variables["BUILDKITE_PULL_REQUEST_BASE_BRANCH"])
        }
        if variables["CHANGE_ID"] != nil, variables["JENKINS_URL"] != nil {
            return CIPipeline(system: "Jenkins", branch: variables["CHANGE_TARGET"])
        }
        return nil
    }

    private static func short(_ reference: String) -> String {
        reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference
    }

    private static func isWholeID(_ text: String) -> Bool {
        text.utf8.count == 40
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            } && text.contains { $0 != "0" }
    }
}

/// The JSON file in which GitHub describes an event.
private struct GitHubPayload {
    private let document: [String: Any]

    /// Nil where there is no readable file.
    init?(path: String?) {
        guard let path, let data = FileManager.default.contents(atPath: path),
            let document = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return nil }
        self.document = document
    }

    private var request: [String: Any]? { document["pull_request"] as? [String: Any] }
    private var queue: [String: Any]? { document["merge_group"] as? [String: Any] }

    var isAboutRequest: Bool {
        (document["issue"] as? [String: Any])?["pull_request"] != nil
    }

    var followsRequest: Bool {
        let run = document["workflow_run"] as? [String: Any]
        let event = run?["event"] as? String ?? ""
        return event.hasPrefix("pull_request") || event == "merge_group"
    }

    var baseBranch: String? {
        if let queue {
            let reference = queue["base_ref"] as? String ?? ""
            return reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : nil
        }
        return (request?["base"] as? [String: Any])?["ref"] as? String
    }

    var baseCommit: String? {
        if let queue { return queue["base_sha"] as? String }
        return (request?["base"] as? [String: Any])?["sha"] as? String
    }
}
