import Diff
import Foundation
import Model
import Reports
import TestSupport
import Testing

@testable import Views

@Suite struct JSONViewTests {
    private func member(_ name: String, of text: String) throws -> Any? {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return (value as? [String: Any])?[name]
    }

    @Test(arguments: [Sample.plan, Sample.noChanges, Sample.hostile(exit: .refused)])
    func planHoldsTheShippedSchema(_ report: PlanReport) throws {
        let schema = try SchemaValidator(shipped: "plan")
        #expect(try schema.problems(in: JSONView.plan(report)) == [])
        #expect(try schema.problems(in: JSONView.plan(report, pretty: true)) == [])
    }

    @Test(arguments: [Sample.drift, Sample.inSync, Sample.hostileDrift(exit: .difference)])
    func driftHoldsTheShippedSchema(_ report: DriftReport) throws {
        let schema = try SchemaValidator(shipped: "drift")
        #expect(try schema.problems(in: JSONView.drift(report)) == [])
    }

    @Test(arguments: [
        ("\"kind\":\"plan\"", "\"kind\":\"drift\""), ("\"exit\":6", "\"exit\":7"),
        ("\"exit\":6", "\"exit\":6,\"more\":1"), ("\"stale\":", "\"old\":"),
        ("\"needsApproval\":true", "\"needsApproval\":1"), ("\"rows\":", "\"rows\":\"x\",\"r\":"),
        ("\"hazard\":\"lossy\"", "\"hazard\":\"mild\""),
    ])
    func schemaRefuses(_ original: String, _ changed: String) throws {
        let schema = try SchemaValidator(shipped: "plan")
        let text = JSONView.plan(Sample.plan)
        let broken = text.replacingOccurrences(of: original, with: changed)
        #expect(broken != text)
        #expect(try !schema.problems(in: broken).isEmpty)
    }

    @Test func wholeDocument() {
        #expect(
            JSONView.drift(Sample.inSync, pretty: true) == """
                {
                  "environment": "production",
                  "exit": 0,
                  "findings": [],
                  "inSyncCount": 24,
                  "kind": "drift",
                  "notices": [],
                  "outcome": "in-sync",
                  "recordedAt": "2026-11-20T18:04:00Z",
                  "revision": {
                    "commit": "3f2a91c0d5e6f708192a3b4c5d6e7f8091a2b3c4",
                    "label": "main@3f2a91c",
                    "reference": "main",
                    "summary": "orders: track refunds"
                  },
                  "shardCount": 24,
                  "stale": null,
                  "summary": "no drift: 24 of 24 shards in sync",
                  "unknown": [],
                  "unmanaged": [],
                  "unsupported": [],
                  "version": 1
                }

                """)
        #expect(
            JSONView.status(StatusReport(Sample.rollout), exit: .partial) == """
                {"active":[],"counts":{"cancelled":6,"completed":14,"failed":1,"failed_retryable":1},\
                "due":null,"endedAt":"2026-11-21T14:03:12Z","environment":"production","exit":4,\
                "failures":[],"groups":[],"kind":"status",\
                "message":"commerce/commerce_08/orders: lock wait timeout",\
                "others":[],"outcome":"partial","plan":"\(Sample.digest("plan").hex)",\
                "rollbacks":[],"rollout":"5b20","setAside":[],"shards":null,\
                "startedAt":"2026-11-21T14:00:00Z","state":"failed",\
                "summary":"rollout 5b20 failed: 14 done, 1 waiting, 1 failed, \
                6 left for the next plan","suspensions":[],"troubles":[\
                {"message":"the rollout halted","namespace":"commerce","shard":"commerce_09",\
                "state":"cancelled","table":"orders"},\
                {"message":"the rollout halted","namespace":"commerce","shard":"commerce_10",\
                "state":"cancelled","table":"orders"},\
                {"message":"lock wait timeout (after 10 attempts)","namespace":"commerce",\
                "shard":"commerce_08","state":"failed","table":"orders"}],"unread":[],"version":1}

                """)
    }

    @Test func reconcileHoldsPlanAndRollout() throws {
        let text = JSONView.reconcile(Sample.reconcile)
        #expect(try member("exit", of: text) as? Int == 6)
        #expect(try member("adopted", of: text) as? Int == 2)
        let plan = try #require(try member("plan", of: text) as? [String: Any])
        #expect((plan["steps"] as? [Any])?.count == 3)
        let recovered = try #require(try member("recovered", of: text) as? [[String: String]])
        #expect(
            recovered == [
                [
                    "namespace": "commerce", "shard": "commerce_03", "table": "orders",
                    "finding": "completed", "message": "the statement had run",
                ]
            ])
    }

    /// Names come out of the parser as they went in, and nothing hidden stands in the document.
    @Test func namesSurvive() throws {
        let text = JSONView.drift(Sample.hostileDrift(exit: .difference))
        #expect(try member("environment", of: text) as? String == Sample.hostileName)
        #expect(!text.dropLast().unicodeScalars.contains(where: Visible.isHidden))
    }

    @Test func error() {
        #expect(
            JSONView.error(
                "no such table",
                [
                    Problem("no such table", remedy: "name another"),
                    Problem(
                        "no column", code: "column",
                        location: SourceLocation(file: "t.sql", line: 2, column: 3)),
                ], exit: .usage) == """
                    {"exit":64,"kind":"error","location":null,"outcome":"usage","problems":[\
                    {"code":null,"location":null,"message":"no such table",\
                    "remedy":"name another"},\
                    {"code":"column","location":{"column":3,"file":"t.sql","line":2},\
                    "message":"no column","remedy":null}],\
                    "remedy":"name another","summary":"no such table","version":1}

                    """)
    }
}
