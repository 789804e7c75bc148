import Foundation
import TestSupport
import Testing

/// The same story on a ledger in git and on one in a database: what people and programs see is the
/// same, but for ids, times and the place.
@Suite struct LedgerParityTests {
    /// Differences that are known and accepted, each with its command.
    private static let knownDifferences: Set<String> = []

    /// What reconciles: one run after the other, or a daemon.
    enum Drive: String, CaseIterable, Sendable { case oneShot, daemon }

    @Test(arguments: Drive.allCases)
    func bothSayTheSame(drive: Drive) throws {
        var told: [[LedgerStory.Answer]] = []
        for isDatabase in [false, true] {
            let fleet = try FleetFixture(shards: 2)
            // One after the other, so that both have their events in one order.
            fleet.file.policy = LedgerStory.policy
            fleet.file.ledger = fleet.ledger
            let ledger = isDatabase ? try fleet.keepLedgerInDatabase() : nil
            if !isDatabase { try fleet.commit("Keep the ledger in a database") }
            told.append(try LedgerStory(fleet, ledger, drive).tell())
        }
        try #require(told[0].map(\.words) == told[1].map(\.words))
        #expect(told[0].count > 60)
        let different = zip(told[0], told[1]).filter { git, database in
            git != database && !Self.knownDifferences.contains(git.words)
        }
        for (git, database) in different {
            Issue.record("in git:\n\(git)\nin a database:\n\(database)")
        }
        #expect(Self.knownDifferences.isEmpty)
    }

    @Test func everyCommandThatOpensALedgerIsInTheStory() throws {
        let fleet = try FleetFixture(shards: 1)
        let help = try fleet.expect(0, "help").stdout.split(separator: "\n")
        let names = help.filter { $0.hasPrefix("  ") }.compactMap { line in
            line.dropFirst(2).firstRange(of: "  ").map { end in
                String(line.dropFirst(2)[..<end.lowerBound])
            }
        }
        let told = Set(LedgerStory.commands)
        #expect(
            Set(names) == told.union(["init", "validate", "lint", "fmt", "manual", "completion"]))
    }
}

/// What happens to a fleet, with each command that has to do with its ledger.
private final class LedgerStory {
    struct Answer: Equatable, CustomStringConvertible {
        let words: String
        let status: Int32
        let stdout: String
        let stderr: String

        var description: String { "plumb \(words): exit \(status)\n\(stdout)---\n\(stderr)" }
    }

    static let commands = [
        "plan", "drift", "reconcile", "approve", "deny", "verify-approvals", "status", "stop",
        "start", "release", "throttle", "suspend", "resume", "unlock", "cutover", "rollback",
        "retry", "show", "log", "import", "windows", "doctor", "store verify", "store gc",
        "store copy", "daemon", "worker", "workers",
    ]

    private let fleet: FleetFixture
    private let place: String
    private let drive: LedgerParityTests.Drive
    private var answers: [Answer] = []
    private var used: Set<String> = []

    static let policy = ["rollout:", "  concurrency: {total: 1, per_host: 1}"]

    init(
        _ fleet: FleetFixture, _ ledger: DatabaseLedger?, _ drive: LedgerParityTests.Drive
    ) throws {
        self.fleet = fleet
        self.drive = drive
        place = ledger?.place ?? fleet.ledger
    }

    func tell() throws -> [Answer] {
        try nothingYet()
        try theFirstRollout()
        try decisions()
        try aRolloutInWaves()
        try suspensions()
        try whatFails()
        try theLedgerItself()
        try worker()
        let told = drive == .daemon ? Self.commands : Self.commands.filter { $0 != "daemon" }
        #expect(used == Set(told), "\(used.symmetricDifference(told))")
        return answers
    }

    // MARK: Chapters

    private func nothingYet() throws {
        try read()
        for words in [["show", "abcd"], ["store", "verify"], ["store", "gc"]] { try run(words) }
        for verb in ["stop", "start", "release", "rollback"] {
            try run([verb, "abcdef", "--reason", "nothing is there"])
        }
        try run(["doctor", "--output", "json"])
    }

    private func theFirstRollout() throws {
        try run(["plan"])
        try run(["plan", "--output", "json"])
        try reconcile()
        try read()
        try run(["show", "app/s0"])
        try run(["show", try rollout()])
    }

    private func decisions() throws {
        try fleet.change("orders.sql", Self.wide)
        try reconcile()
        try fleet.change("orders.sql", FleetFixture.orders)
        try run(["plan"])
        try reconcile()
        try run(["deny", "--all", "--reason", "not today"], by: "eve@example.com")
        try reconcile()
        try fleet.change("orders.sql", StoryTests.withStatus)
        try run(["plan"])
        try run(["approve", "--all", "--reason", "known"], by: "eve@example.com")
        try run(["approve", "ffffffffffff", "--reason", "no such step"])
        try reconcile()
        try run(["verify-approvals"])
        try run(["verify-approvals", "--output", "json"])
        try read()
    }

    private func aRolloutInWaves() throws {
        fleet.file.policy = Self.policy + ["  waves: [{shards: 1, bake: 1h}, {percent: 100}]"]
        try fleet.change("orders.sql", Self.wide)
        try reconcile()
        let id = try rollout()
        try read()
        try run(["status", id, "--shards"])
        try run(["throttle", id, "--at-once", "1", "--reason", "a busy hour"])
        try run(["stop", id, "--reason", "look first"])
        try run(["start", id, "--reason", "all well"])
        try run(["release", id, "--reason", "it does not pause"])
        try run(["cutover", id, "--reason", "nothing waits for it"])
        try run(["rollback", id, "--reason", "it was wrong"])
        try reconcile()
        try run(["status", "--output", "json"])
        try run(["rollback", "--end", id, "--reason", "after all"])
        fleet.file.policy = Self.policy
        try fleet.change("orders.sql", StoryTests.withStatus)
        try run(["approve", "--all", "--reason", "known"], by: "eve@example.com")
        try reconcile()
        try read()
    }

    private func suspensions() throws {
        try fleet.change("orders.sql", Self.wide)
        try run(["suspend", "app", "--reason", "a migration"])
        try run(["suspend", "app/s0", "--for", "4h", "--reason", "a repair"])
        try reconcile()
        try run(["plan"])
        try run(["status", "--shards"])
        try run(["resume", "app", "--reason", "done"])
        try run(["resume", "app/s0", "--reason", "done"])
        try run(["unlock", "app/s0", "--reason", "looked at it"])
        try reconcile()
    }

    private func whatFails() throws {
        for shard in 0..<2 {
            try fleet.sql(shard, "INSERT INTO orders (customer) VALUES (1), (1)")
        }
        try fleet.change(
            "orders.sql",
            Self.wide.replacingOccurrences(
                of: "  KEY", with: "  UNIQUE KEY once (customer),\n  KEY"))
        try reconcile()
        try run(["status", "--shards"])
        try run(["retry", "--reason", "perhaps now"])
        try fleet.sql(0, "ALTER TABLE orders ADD COLUMN stray int")
        try fleet.change("orders.sql", Self.wide)
        try run(["drift"])
        try run(["drift", "--output", "json"])
        try reconcile()
        try read()
    }

    private func theLedgerItself() throws {
        try run(["import", "--record"])
        try run(["doctor", "--output", "json"])
        try run(["store", "verify"])
        try run(["store", "verify", "--output", "json"])
        try run(["store", "verify", "--repair"])
        try run(["store", "copy", place, "file:\(fleet.folder.path)/copy.git"])
        try run(["store", "copy", "file:\(fleet.folder.path)/copy.git", place])
        try run(["store", "verify", "--repair", "--from", "file:\(fleet.folder.path)/copy.git"])
        try run(["store", "gc"])
        try run(["store", "gc", "--keep", "400d"])
        try run(["store", "gc", "--output", "json"])
        try run(["log", "--limit", "1000"])
        try run(["log", "--limit", "1000", "--output", "json"])
    }

    private func read() throws {
        for words in [["status"], ["log"], ["verify-approvals"], ["windows"], ["drift"]] {
            try run(words)
        }
        for words in ["status", "windows", "workers"] {
            try run([words, "--output", "json"])
        }
        try run(["workers"])
    }

    /// One that finds nothing to do, by the accounts of an operator's file.
    private func worker() throws {
        let rules = try fleet.folder.write(
            """
            version: 1
            hosts: ["\(fleet.server.address)"]
            environments: {production: [{connection: {user: root, tls: {mode: disabled}}}]}
            approvals: {identity: declared}

            """, to: "operator.yaml")
        let worker = try fleet.start("worker", "--operator", rules, "--ledger", place)
        #expect(try worker.says("working"))
        try run(["workers"])
        worker.send(SIGTERM)
        let ended = try worker.wait()
        used.insert("worker")
        answers.append(
            Answer(
                words: "worker", status: ended.status, stdout: text(ended.stdout),
                stderr: text(ended.stderr)))
    }

    static let wide = StoryTests.withStatus.replacingOccurrences(
        of: "status varchar(20),", with: "status varchar(20),\n  extra int,")

    // MARK: Doing

    private func rollout() throws -> String {
        try #require(try fleet.run("status", "--output", "json").json["rollout"] as? String)
    }

    private func reconcile() throws {
        guard drive == .daemon else { return try run(["reconcile", "--no-wait"]) }
        used.insert("reconcile")
        let daemon = try fleet.start("daemon", "--interval", "1s")
        var last: [String: String]?
        // Two passes that find the same have nothing more to do.
        try daemon.reaches("two equal passes") {
            let passes = Self.passes(daemon.stderr)
            guard passes.count > 1, passes[passes.count - 1] == passes[passes.count - 2] else {
                return false
            }
            last = passes.last
            return true
        }
        daemon.send(SIGTERM)
        let ended = try daemon.wait()
        used.insert("daemon")
        answers.append(
            Answer(
                words: "daemon", status: ended.status,
                stdout: text(
                    (last ?? [:]).sorted { $0.key < $1.key }.map { "\($0): \($1)" }
                        .joined(separator: "\n")), stderr: ""))
    }

    /// What each pass of a daemon came to.
    private static func passes(_ lines: String) -> [[String: String]] {
        lines.split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let event = object as? [String: String], event["event"] == "pass" else {
                return nil
            }
            return event.filter { !["ts", "pass", "completed"].contains($0.key) }
        }
    }

    private func run(_ words: [String], by actor: String? = nil) throws {
        let name = words[0] == "store" ? "store \(words[1])" : words[0]
        used.insert(name)
        let run = try fleet.run(words, by: actor)
        answers.append(
            Answer(
                words: text(words.joined(separator: " ")), status: run.status,
                stdout: text(name == "doctor" ? try Self.examined(run) : run.stdout, of: name),
                stderr: text(run.stderr, of: name)))
    }

    /// What the doctor says, but for what is about a disk or a server, or about what others do on
    /// the shards' server meanwhile.
    private static func examined(_ run: Run) throws -> String {
        try run.list("rows").filter { check in
            let message = check["message"] as? String ?? ""
            let area = check["area"] as? String
            guard area != "databases" || !message.contains("scratch database") else { return false }
            return area != "ledger" || message.hasPrefix("sound: ")
                || message.hasPrefix("not there yet")
        }.map { check in
            ["area", "subject", "status", "message", "remedy"].map {
                check[$0] as? String ?? ""
            }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    // MARK: What is not the same twice

    private static let volatile: [(pattern: String, name: String)] = [
        ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "<time>"),
        ("(?:(?<![A-Za-z0-9])|(?<=\\\\n))[0-9a-f]{7,64}\\b", "<id>"),
        ("(/[0-9a-f])+/<id>", "/…/<id>"),
        ("/[0-9]+/<id>", "/<number>/<id>"),
        // A column is as wide as the number of the process that is in it.
        ("worker {2,}what", "worker  what"), ("<id> {2,}worker", "<id>  worker"),
        // Only a server keeps signs of life: a lock on a file needs none.
        ("(  <time>)+", "  <time>"),
        ("holds all [0-9]+ tables", "holds all tables"),
        // Trees lie under digits of ids, which are others each time.
        ("\\b[0-9]+ (objects|copied)", "<number> $1"),
        ("\\b[0-9]+(\\.[0-9]+)? ?(ms|s|min|m|h)\\b", "<duration>"),
        ("\\b[0-9]+(\\.[0-9]+)? (B|kB|MB|bytes)\\b", "<size>"),
        ("pid [0-9]+", "pid <number>"),
    ]

    /// How much there is and how it is stored, which commands about the store itself say.
    private static let ofStores: [(pattern: String, name: String)] = [
        ("(, [0-9]+ single objects?)?, [0-9]+ packs?", ", <objects>"),
        (", [0-9]+ (single )?objects?", ", <objects>"),
        ("\"(bytes|singles|packs)\" ?: ?\"[0-9]+\"", "\"$1\": <number>"),
    ]

    private func text(_ text: String, of command: String = "") -> String {
        var text = text
        for (name, value) in [("ledger", place), ("folder", fleet.folder.path)]
            + (0..<2).map({ ("database \($0)", fleet.database($0)) })
        {
            text = text.replacingOccurrences(of: "file:\(value)", with: "<\(name)>")
                .replacingOccurrences(of: value, with: "<\(name)>")
        }
        let patterns = (command.hasPrefix("store ") ? Self.ofStores : []) + Self.volatile
        for (pattern, name) in patterns {
            text = text.replacingOccurrences(
                of: pattern, with: name, options: .regularExpression)
        }
        return text
    }
}
