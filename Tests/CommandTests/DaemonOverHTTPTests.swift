import Foundation
import Service
import TestSupport
import Testing

@Suite("A daemon answers over HTTP") struct DaemonOverHTTPTests {
    private func isInSync(_ reply: DaemonOverHTTP.Reply) -> Bool {
        let shards = reply.json["shards"] as? [[String: Any]] ?? []
        return !shards.isEmpty && shards.allSatisfy { $0["state"] as? String == "inSync" }
    }

    @Test func itTellsWhatItFoundAndThatItGoesOn() throws {
        let daemon = try DaemonOverHTTP(try FleetFixture(shards: 3))
        // The first pass changes the shards; the next one, an hour away, comes at once.
        try daemon.waits(for: "shards in sync", at: "/fleet", isInSync)
        #expect(try daemon.ask("//livez", may: "nobody").status == 200)
        #expect(try daemon.ask("//readyz", may: "nobody").status == 200)
        let metrics = try daemon.ask("//metrics", may: "read")
        #expect(
            metrics.text.contains(
                #"plumb_shards{environment="production",namespace="app",state="inSync"} 3"#))
        #expect(
            metrics.text.contains(
                #"plumb_operations_total{environment="production",state="completed"} "#))
        let drift = try daemon.ask("/drift", may: "read")
        #expect(drift.json["inSyncCount"] as? Int == 3)
        #expect(drift.headers.contains("\r\nPlumb-Exit: 0"))
    }

    @Test func everythingCanBeReadAndNothingDoneByWhoMayOnlyRead() throws {
        let fleet = try FleetFixture(shards: 1)
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "shards in sync", at: "/fleet", isInSync)
        let rollout = try #require(try daemon.ask("/rollouts").rows.first?["rollout"] as? String)
        let before = try fleet.events().count
        for endpoint in Endpoints.all {
            let path = endpoint.path.filled(["rollout": rollout, "rollback": "none"])
            let isRead = endpoint.method == .get
            let query = endpoint.parameters.contains { $0.place == .query && $0.isRequired }
            let reply = try daemon.ask(path, isRead ? nil : "{}", may: "read")
            #expect(reply.status == (isRead ? query ? 400 : 200 : 403), "\(endpoint.id) \(reply)")
        }
        #expect(try fleet.events().count == before)
    }

    @Test func whoOperatesIsNamedInTheAuditTrail() throws {
        let fleet = try FleetFixture(shards: 2)
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "shards in sync", at: "/fleet", isInSync)
        let body = #"{"target": "app/\#(fleet.file.shards[0].name)", "reason": "a <b>look</b>"}"#
        let reply = try daemon.ask("/suspend", body, may: "operate")
        #expect(reply.status == 200, "\(reply)")
        let entry = try #require(try daemon.ask("/log?limit=1", may: "read").rows.first)
        #expect(entry["actor"] as? String == "operate@example.com")
        #expect(entry["reason"] as? String == "a <b>look</b>")
        // The loop looks at once: the state of the shard changes with its next pass.
        try daemon.waits(for: "the suspension", at: "/fleet") { $0.text.contains(#""suspended""#) }
        let line = daemon.program.stderr.split(separator: "\n").first {
            $0.contains(#""event":"request""#)
        }
        #expect(line?.contains(#""by":"operate@example.com""#) == true)
        #expect(line?.contains("look") == false)
    }

    @Test func whatWaitsIsApprovedAndRunsAtOnce() throws {
        let fleet = try FleetFixture(shards: 1)
        try DaemonOverHTTP.leaveADropWaiting(in: fleet)
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "a step that waits", at: "/approvals") { !$0.rows.isEmpty }
        let digest = try #require(try daemon.ask("/approvals").rows.first?["digest"] as? String)
        let body = #"{"digest": ["\#(digest)"], "reason": "nobody reads it"}"#
        #expect(try daemon.ask("/approve", body, may: "operate").status == 403)
        let reply = try daemon.ask("/approve", body)
        #expect(reply.status == 200, "\(reply)")
        try daemon.program.reaches("the drop") {
            try fleet.sql(0, "SHOW TABLES LIKE 'log'").isEmpty
        }
    }

    @Test func whatRolloutsDidToATableIsTold() throws {
        let fleet = try FleetFixture(shards: 3)
        fleet.file.policy = ["rollout: {waves: [{shards: 1, bake: 1s}, {percent: 100}]}"]
        try fleet.commit()
        try fleet.expect(0, "reconcile")
        try fleet.change("orders.sql", StoryTests.withStatus)
        try fleet.expect(0, "reconcile")
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "shards in sync", at: "/fleet", isInSync)
        let rows = try daemon.ask("/changes?shard=app%2Fs1&table=orders", may: "read").rows
        #expect(rows.map { $0["state"] as? String } == ["completed", "completed"])
        #expect(rows[0]["from"] as? String == rows[1]["to"] as? String && rows[1]["from"] == nil)
        let limited = try daemon.ask("/changes?shard=app%2Fs1&table=orders&limit=1").rows
        #expect(limited.map { $0["rollout"] as? String } == [rows[0]["rollout"] as? String])
        #expect(try daemon.ask("/changes?shard=app%2Fs1&table=none").rows.isEmpty)
        #expect(try daemon.ask("/changes?shard=none%2Fs1&table=orders").rows.isEmpty)
        let rollout = try #require(rows[0]["rollout"] as? String)
        let waves = try daemon.ask("/rollouts/\(rollout)").json["waves"] as? [[String: Any]] ?? []
        #expect(
            waves.map { $0["counts"] as? [String: Int] } == [["completed": 1], ["completed": 2]])
        #expect(waves.map { $0["bakeSeconds"] as? Int } == [1, 0])
    }

    @Test("attack: what is asked wrongly is refused with a sentence, and changes nothing")
    func badRequestsAreRefused() throws {
        let fleet = try FleetFixture(shards: 1)
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "shards in sync", at: "/fleet", isInSync)
        let before = try fleet.events().count
        let long = String(repeating: "a", count: 1_100_000)
        let cases: [(String, String?, String, String, Int)] = [
            ("/suspend", "{", "application/json", "*/*", 400),
            ("/suspend", "[1]", "application/json", "*/*", 400),
            ("/suspend", #"{"target": {"a": 1}}"#, "application/json", "*/*", 400),
            ("/suspend", #"{"target": "app"}"#, "application/json", "*/*", 400),
            (
                "/suspend", #"{"target": "app", "reason": "x", "more": 1}"#, "application/json",
                "*/*", 400
            ),
            ("/suspend", #"{"target": "none", "reason": "x"}"#, "application/json", "*/*", 404),
            ("/suspend", "target=app&reason=x", "application/x-www-form-urlencoded", "*/*", 400),
            ("/suspend", #"{"target": "app", "reason": "x"}"#, "text/plain", "*/*", 400),
            (
                "/suspend", #"{"target": "app", "reason": "\#(long)"}"#, "application/json", "*/*",
                413
            ),
            ("/log?limit=-1", nil, "", "*/*", 400), ("/log?limit=1&limit=2", nil, "", "*/*", 400),
            ("/changes?shard=app&table=orders", nil, "", "*/*", 400),
            ("/changes?shard=app%2Fs0", nil, "", "*/*", 400),
            ("/changes?shard=app%2Fs0&table=", nil, "", "*/*", 400),
            ("/log?none=1", nil, "", "*/*", 400), ("/log?width=5", nil, "", "*/*", 400),
            ("/log", nil, "", "image/png", 406), ("/log", "{}", "application/json", "*/*", 405),
            ("/rollouts/none", nil, "", "*/*", 404),
            ("//api/v1/environments/none/log", nil, "", "*/*", 404),
            ("/rollouts/..%2f..%2fenvironment", nil, "", "*/*", 404),
        ]
        for (path, body, type, accept, status) in cases {
            let reply = try daemon.ask(path, body, accept: accept, type: type)
            let what = "\(path) \(body?.prefix(60) ?? "")"
            #expect(reply.status == status, "\(what): \(reply.status) \(reply.text.prefix(300))")
            guard status != 413 else { continue }
            #expect((reply.json["summary"] as? String)?.isEmpty == false, "\(what)")
            #expect(reply.json["remedy"] is String, "\(what)")
        }
        #expect(try fleet.events().count == before)
    }

    @Test("attack: a token that was taken out of the file is good no more")
    func revokedTokensAreRefused() throws {
        let daemon = try DaemonOverHTTP(try FleetFixture(shards: 1))
        #expect(try daemon.ask("//metrics", may: "read").status == 200)
        var left = DaemonOverHTTP.secrets
        left["read"] = nil
        try DaemonOverHTTP.write(left, for: daemon.fleet)
        try daemon.program.reaches("a refusal") {
            try daemon.ask("//metrics", may: "read").status == 401
        }
        #expect(try daemon.ask("//metrics", may: "approve").status == 200)
    }

    @Test func eventsArriveAsTheyHappen() throws {
        let fleet = try FleetFixture(shards: 1)
        let daemon = try DaemonOverHTTP(fleet)
        try daemon.waits(for: "shards in sync", at: "/fleet", isInSync)
        let client = try LoopbackClient(port: daemon.port)
        client.send(
            "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + "\(DaemonOverHTTP.secrets["read"] ?? "")\r\n\r\n")
        _ = try client.read(until: "retry: ")
        try fleet.write("schema/app/orders.sql", StoryTests.withStatus)
        try fleet.commitFiles("A status")
        daemon.program.send(SIGHUP)
        let text = try client.read(until: "done      app/")
        if !text.contains(#""event":"pass""#) {
            _ = try client.read(until: #""event":"pass""#)
        }
        daemon.program.send(SIGTERM)
        let end = try client.rest()
        #expect(end.contains(#""event":"ending""#))
        #expect(try daemon.program.wait().status == 0)
    }

    @Test(arguments: [
        (["--listen", "0"], "nobody may ask anything without a token"),
        (["--tokens", "tokens"], "--tokens is for a daemon that answers over HTTP"),
        (["--listen", "x", "--tokens", "tokens"], "x: no such address"),
        (["--listen", "0", "--tokens", "none"], "none: the tokens cannot be read"),
        (["--listen", "0", "--tokens", "open"], "others than its owner may read"),
        (["--listen", "0", "--tokens", "tokens", "--tls-key", "k"], "a certificate needs its key"),
        (["--listen", "192.0.2.1:80", "--tokens", "tokens"], "cannot listen on 192.0.2.1:80"),
    ])
    func settingsThatAreOfNoUseAreSaid(_ words: [String], _ fault: String) throws {
        let fleet = try FleetFixture(shards: 1)
        try DaemonOverHTTP.write(DaemonOverHTTP.secrets, for: fleet)
        let folder = fleet.folder.path
        try fleet.folder.write("a read 0123456789abcdef01234567", to: "open")
        chmod(folder + "/open", 0o644)
        let placed = words.map { ["tokens", "none", "open"].contains($0) ? "\(folder)/\($0)" : $0 }
        let daemon = try fleet.start(["daemon", "--interval", "1h"] + placed)
        let run = try daemon.wait()
        #expect(run.status != 0 && run.says(fault), "\(run)")
        #expect(!run.says("0123456789abcdef"))
    }
}
