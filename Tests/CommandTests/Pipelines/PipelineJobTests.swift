import Foundation
import TestSupport
import Testing

/// The jobs of a pipeline beside the comment: annotations, findings, reconcile, drift, lint.
@Suite struct PipelineJobTests {
    @Test func aPlanIsAnnotatedAndItsFindingsAreUploaded() throws {
        let pipeline = try Pipeline()
        let job = try pipeline.gitHub("plan")
        #expect(
            job.log.contains(
                "::error file=schema/app/orders.sql,line=4,title=plumb%3A hazard/drop"),
            "\(job)")
        let findings = try #require(try pipeline.forge.findings)
        #expect(findings.ref == "refs/pull/7/merge")
        #expect(findings.commit == (try pipeline.commit()))
        let document = try JSONSerialization.jsonObject(with: Data(findings.text.utf8))
        let runs = try #require((document as? [String: Any])?["runs"] as? [[String: Any]])
        let category = try #require(
            (runs[0]["automationDetails"] as? [String: Any])?["id"] as? String)
        #expect(category.hasPrefix("plumb/plan/default/"), "\(category)")
        #expect(findings.text.contains("hazard/drop-column"))
        pipeline.settings["PLUMB_CI_SARIF"] = "false"
        pipeline.settings["PLUMB_CI_COMMENT"] = "false"
        let asked = try pipeline.forge.questions.count
        #expect(try pipeline.gitHub("plan").status == 0)
        #expect(try pipeline.forge.questions.count == asked)
    }

    @Test func theMainBranchIsReconciled() throws {
        let pipeline = try Pipeline(StoryTests.withStatus)
        try pipeline.goToMain()
        let job = try pipeline.gitHub("reconcile", from: nil)
        #expect(job.status == 0, "\(job)")
        #expect(try pipeline.fleet.table("orders")?.contains("by_status") == true)
        #expect(job.summary.contains("### Reconcile `production`"), "\(job)")
        #expect(try pipeline.forge.questions.isEmpty, "there is nothing to comment on")
        let lab = try pipeline.gitLab("reconcile", branch: "main")
        #expect(lab.status == 0, "\(lab)")
    }

    @Test func aReconcileThatWaitsForAnApprovalEndsAsPlumbDoes() throws {
        let pipeline = try Pipeline()
        try pipeline.goToMain()
        let job = try pipeline.gitHub("reconcile", from: nil)
        #expect(job.status == 3 && job.outputs.contains("status=3\n"), "\(job)")
        #expect(job.summary.contains("plumb approve"))
        pipeline.settings["PLUMB_CI_ACCEPT"] = "0 3"
        #expect(try pipeline.gitHub("reconcile", from: nil).status == 0)
    }

    /// An alert of code scanning opens with a finding and closes with a run that has it no more.
    @Test func driftFailsTheScheduledJobAndIsUploaded() throws {
        let pipeline = try Pipeline()
        try pipeline.goToMain(merged: false)
        #expect(try pipeline.gitHub("drift", from: nil).status == 0)
        let clean = try #require(try pipeline.forge.findings)
        #expect(!clean.text.contains("drift/drifted") && clean.ref == "refs/heads/main")
        try pipeline.fleet.sql(1, "ALTER TABLE orders ADD COLUMN extra int")
        let job = try pipeline.gitHub("drift", from: nil)
        #expect(job.status == 2, "\(job)")
        #expect(job.summary.contains("### Drift `production`: 1 of 2 shards drifted"), "\(job)")
        #expect(try pipeline.forge.findings?.text.contains("drift/drifted") == true)
        #expect(try pipeline.gitLab("drift", branch: "main").status == 2)
        #expect(try pipeline.document("drift.md").contains("drifted"))
    }

    @Test func aRequestIsLinted() throws {
        let pipeline = try Pipeline()
        let job = try pipeline.gitHub("lint")
        #expect(job.status == 2, "\(job)")
        #expect(job.log.contains("title=drop-column::"), "\(job)")
        #expect(job.summary.contains("[drop-column]"), "\(job)")
        #expect(try pipeline.forge.findings?.text.contains("drop-column") == true)
        let lab = try pipeline.gitLab("lint")
        #expect(try pipeline.document("lint.sarif").contains("\"runs\""), "\(lab)")
    }

    @Test func anErrorIsShownAsTheReportIs() throws {
        let pipeline = try Pipeline("CREATE TABLE orders (id bigint,);\n")
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 1, "\(job)")
        let body = try #require(try pipeline.forge.comments.first?.body)
        #expect(body.contains("### plumb failed") && body.contains("schema/app/orders.sql:1"))
        #expect(job.summary.contains("### plumb failed"))
        #expect(job.log.contains("::error file=schema/app/orders.sql,line=1,"), "\(job)")
    }

    /// Many pipelines check a commit out, and no branch.
    @Test func anyOtherPipelineHasTheDocuments() throws {
        let pipeline = try Pipeline(StoryTests.withStatus)
        try pipeline.goToMain()
        try pipeline.fleet.git("checkout", "-q", "--detach")
        let job = try pipeline.elsewhere("reconcile")
        #expect(job.status == 0, "\(job)")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: pipeline.fleet.folder.path + "/documents")
        #expect(Set(names) == ["reconcile.md", "reconcile.json", "reconcile.txt"])
        #expect(try pipeline.forge.questions.isEmpty)
    }

    @Test func aProgramThatIsMissingOrOfAnotherVersionIsSaid() throws {
        let pipeline = try Pipeline()
        pipeline.settings["PLUMB_CI_VERSION"] = "9.9.9"
        let version = try pipeline.gitHub("plan")
        #expect(version.status == 78 && version.log.contains("and 9.9.9 is asked for"))
        pipeline.settings = ["PLUMB_CI_PLUMB": "/nowhere/plumb"]
        let missing = try pipeline.gitHub("plan")
        #expect(missing.status == 78 && missing.log.contains("no program /nowhere/plumb"))
    }

    /// GitHub drops a summary of more than 1 MiB whole.
    @Test func theSummaryStaysWithinItsLimit() throws {
        let pipeline = try Pipeline(Pipeline.large(tables: 14))
        pipeline.settings["PLUMB_CI_ARGUMENTS"] = "--max-bytes=3000000"
        let job = try pipeline.gitHub("plan")
        #expect(job.status == 0, "\(job.log.suffix(2_000))")
        #expect(job.summary.utf8.count <= 1_048_576 && job.summary.utf8.count > 1_000_000)
        #expect(job.summary.contains("The rest did not fit: the log of the job has it all."))
    }

    /// A job that is cancelled gets a signal, and a few seconds.
    @Test func aSignalReachesPlumb() throws {
        let pipeline = try Pipeline()
        let ready = pipeline.fleet.folder.path + "/ready"
        let program = try pipeline.fleet.folder.write(
            """
            #!/bin/sh
            trap 'echo ended in order; exit 3' TERM
            touch "\(ready)"
            while :; do sleep 0.05; done
            """, to: "waiting")
        chmod(program, 0o755)
        let script = """
            sh "$0/ci/plumb-ci.sh" drift & job=$!
            while [ ! -e "$1" ]; do sleep 0.02; done
            kill -INT "$job" 2>/dev/null; kill -TERM "$job"
            wait "$job"; echo "status $?"
            """
        let run = try Shell.run(
            "sh", ["-c", script, Pipeline.root, ready],
            environment: [
                "PLUMB_CI_PLUMB": program, "GITHUB_ACTIONS": "", "GITLAB_CI": "",
                "PLUMB_CI_OUTPUT": pipeline.fleet.folder.path + "/documents",
            ])
        #expect(run.stdout == "ended in order\nstatus 3\n", "\(run.stdout)\(run.stderr)")
    }
}
