import Basics
import Diff
import Execution
import Git
import Model
import Schema
import TestSupport
import Testing

@testable import Desired
@testable import Reconciler

@Suite("attack: a word that does not count lets nothing pass")
struct ApprovalAttackTests {
    private let step = sampleStep(
        hazard: .irreversible, cause: PlanCause(kind: .git, authors: ["Bob <bob@example.com>"]))
    private let now = sampleTime()

    private func word(
        _ name: String, given: String = "2026-11-21T10:00:00Z", id: String? = nil,
        expires: String? = nil, source: String = "command"
    ) -> ApprovalRecord.Approver {
        var word = ApprovalRecord.Approver(
            name: name, reason: "reviewed", given: given, source: source)
        word.id = id ?? "id of \(name) \(given)"
        word.expires = expires
        return word
    }

    private func record(
        _ words: [ApprovalRecord.Approver], of step: PlanStep? = nil
    ) throws -> ApprovalRecord {
        let binding = ApprovalBinding(environment: "production", step: step ?? self.step)
        return ApprovalRecord(
            digest: try binding.digest(), binding: binding, decision: .approve, approvers: words,
            expires: nil)
    }

    private func verdict(
        _ record: ApprovalRecord, on step: PlanStep? = nil, minimum: Int = 1,
        identity: ApprovalIdentity = .declared, refusesAuthor: Bool = true, shard: String = "s0",
        at time: Timestamp? = nil
    ) -> ApprovalIndex.Verdict {
        let terms = ApprovalTerms(
            identity: identity, minimum: minimum, refusesAuthor: refusesAuthor)
        return ApprovalIndex(
            records: [record], environment: "production", check: ApprovalCheck(terms: terms)
        ).verdict(on: step ?? self.step, shard: shard, now: time ?? now)
    }

    private func reason(_ verdict: ApprovalIndex.Verdict) -> String {
        guard case .waiting(let reason) = verdict else { return "\(verdict)" }
        return reason
    }

    @Test(
        "another spelling of an author is the author",
        arguments: ["BOB@example.com", "bob+x@example.com", "bob", "Bob", "ｂｏｂ@example.com"])
    func authorInDisguise(_ name: String) throws {
        let found = verdict(try record([word(name)]))
        #expect(reason(found).contains("by the author of the change, \(name)"))
    }

    @Test(
        "a file that denies counts also where nobody knows who committed it",
        arguments: [true, false])
    func unprovedDenial(denies: Bool) throws {
        let digest = try record([]).digest
        let file = ApprovalFile(
            digest: digest, decision: denies ? .deny : .approve, approver: "kim@example.com",
            reason: "no", given: sampleTime().date, expires: nil,
            location: SourceLocation(file: "approvals/x.yaml", line: 1, column: 1))
        let folder = try TemporaryFolder()
        let source = FetchedSource(
            tree: WorkingTree(folder: folder.path), commit: nil, repository: nil,
            reference: "main", stale: nil, notices: [])
        let given = try record([word("eve@example.com")])
        let found = try FileApprovals(files: [file], plan: samplePlan([step]), source: source)
            .records(known: [given])
        #expect(found.notices.map(\.code) == ["approval-unproved"])
        let terms = ApprovalTerms(minimum: 1, refusesAuthor: true)
        let verdict = ApprovalIndex(
            records: found.records, environment: "production", check: ApprovalCheck(terms: terms)
        ).verdict(on: step, shard: "s0", now: now)
        #expect(verdict == (denies ? .denied(digest, reason: "no") : .approved(digest)))
    }

    @Test("an end that nobody can read is not an end as late as may be")
    func unreadableEnd() {
        let terms = ApprovalTerms(minimum: 1, refusesAuthor: false, lifetimeSeconds: 60)
        #expect(terms.expiry(recorded: nil, given: now) == now.adding(seconds: 60))
        #expect(
            terms.expiry(recorded: now.adding(seconds: 9).iso, given: now) == now.adding(seconds: 9)
        )
        #expect(terms.expiry(recorded: "soon", given: now) == nil)
    }

    @Test("where it is not known who is who, no two names are two people")
    func unknownPeople() throws {
        let folding = PeopleFolding(unknown: "the mailmap cannot be read")
        for (minimum, refusesAuthor, counts) in [
            (1, false, true), (1, true, false), (2, false, false),
        ] {
            let terms = ApprovalTerms(
                minimum: minimum, refusesAuthor: refusesAuthor, folding: folding)
            let found = ApprovalIndex(
                records: [try record([word("eve@example.com"), word("kim@example.com")])],
                environment: "production", check: ApprovalCheck(terms: terms)
            ).verdict(on: step, shard: "s0", now: now)
            if counts {
                guard case .approved = found else {
                    Issue.record("\(found)")
                    continue
                }
            } else {
                #expect(reason(found).contains("the mailmap cannot be read"), "\(minimum)")
            }
        }
    }

    @Test("any of several authors is one, not the last alone")
    func everyAuthor() throws {
        var both = step
        both.cause.authors = ["Kim <kim@example.com>", "Bob <bob@example.com>"]
        for name in ["kim@example.com", "bob@example.com"] {
            let found = verdict(try record([word(name)], of: both), on: both)
            #expect(reason(found).contains("by the author"))
        }
        let eve = try record([word("eve@example.com")], of: both)
        #expect(verdict(eve, on: both) == .approved(eve.digest))
    }

    @Test("where nobody knows who made the change, nobody can approve it")
    func unknownAuthor() throws {
        var unknown = step
        unknown.cause.authors = nil
        unknown.cause.authorsUnknown = "a shallow clone; `git fetch --unshallow`"
        let eve = try record([word("eve@example.com")], of: unknown)
        let found = reason(verdict(eve, on: unknown))
        #expect(found.contains("not_author cannot be met"))
        #expect(found.contains("git fetch --unshallow"))
        unknown.cause.authorsUnknown = nil
        #expect(reason(verdict(eve, on: unknown)).contains("not_author cannot be met"))
        #expect(verdict(eve, on: unknown, refusesAuthor: false) == .approved(eve.digest))
    }

    @Test("one person in two spellings is not two people")
    func onePerson() throws {
        let twice = try record([word("eve@example.com"), word("EVE+2@example.com")])
        #expect(reason(verdict(twice, minimum: 2)) == "1 of 2 approvals given")
        // Two spellings that a third word shows to be the same person.
        var third = word("kim@example.com")
        third.others = ["Eve <eve@example.com>"]
        let linked = try record([word("eve@example.com"), word("kim@example.com"), third])
        #expect(reason(verdict(linked, minimum: 2)) == "1 of 2 approvals given")
    }

    @Test(
        "a name that is none does not count", arguments: ["", " ", "\u{200B}", "\u{202E}\u{202C}"])
    func nameless(_ name: String) throws {
        var nobody = word(name)
        nobody.others = ["Eve <eve@example.com>"]
        #expect(reason(verdict(try record([nobody]))).contains("names nobody"))
    }

    @Test("nothing holds for ever: without an end it ends by the longest lifetime")
    func lifetime() throws {
        let open = try record([word("eve@example.com")])
        #expect(verdict(open) == .approved(open.digest))
        let later = sampleTime("2026-12-21T10:00:00Z")
        #expect(
            verdict(open, at: later.adding(seconds: -1)) == .approved(open.digest))
        #expect(reason(verdict(open, at: later)).contains("expired 2026-12-21T10:00:00Z"))
        let far = try record([word("eve@example.com", expires: "2099-01-01T00:00:00Z")])
        #expect(reason(verdict(far, at: later)).contains("expired 2026-12-21T10:00:00Z"))
    }

    @Test("what is given in the future is not given yet; clocks may differ a little")
    func future() throws {
        let early = try record([word("eve@example.com", given: "2026-11-21T12:05:01Z")])
        #expect(reason(verdict(early)).contains("given in the future"))
        let close = try record([word("eve@example.com", given: "2026-11-21T12:05:00Z")])
        #expect(verdict(close) == .approved(close.digest))
    }

    @Test("times that cannot be read count for nothing")
    func unreadable() throws {
        let given = try record([word("eve@example.com", given: "yesterday")])
        #expect(reason(verdict(given)).contains("unreadable time"))
        let end = try record([word("eve@example.com", expires: "never")])
        #expect(reason(verdict(end)).contains("unreadable expiry"))
    }

    @Test("a later word does not lengthen an earlier one")
    func ownEnds() throws {
        let short = word("eve@example.com", expires: "2026-11-21T13:00:00Z")
        var both = try record([short, word("kim@example.com", expires: "2026-11-25T10:00:00Z")])
        both.expires = "2026-11-25T10:00:00Z"
        #expect(verdict(both, minimum: 2) == .approved(both.digest))
        let later = sampleTime("2026-11-21T13:00:00Z")
        #expect(reason(verdict(both, minimum: 2, at: later)).contains("expired"))
    }

    @Test("a use voids every word that stood there, for ever, on its shard alone")
    func usedUp() throws {
        var used = try record([
            word("eve@example.com"),
            word("kim@example.com", source: "approvals/x.yaml"),
        ])
        used.use(on: "s0", by: "r1/commerce/s0/orders", at: now)
        #expect(reason(verdict(used)) == "no decision yet")
        #expect(verdict(used, shard: "s1") == .approved(used.digest))
        // A fresh word counts alone: no earlier one comes back beside it.
        let later = now.adding(seconds: 60)
        used.approvers.append(word("ann@example.com", given: later.iso))
        #expect(verdict(used, at: later) == .approved(used.digest))
        #expect(reason(verdict(used, minimum: 2, at: later)) == "1 of 2 approvals given")
        // Another use, in another run, voids that one too.
        used.use(on: "s0", by: "r2/commerce/s0/orders", at: later.adding(seconds: 1))
        #expect(reason(verdict(used, at: later.adding(seconds: 2))) == "no decision yet")
        #expect(used.uses?.count == 2)
    }

    @Test("a used-up file that is committed again must be given again")
    func fileAgain() throws {
        var used = try record([word("eve@example.com", id: "file a", source: "approvals/x.yaml")])
        used.use(on: "s0", by: "r1", at: now)
        used.approvers.append(
            word("eve@example.com", id: "file b", source: "approvals/x.yaml"))
        let later = now.adding(seconds: 60)
        #expect(reason(verdict(used, at: later)) == "no decision yet")
        used.approvers.append(
            word("eve@example.com", given: now.iso, id: "file c", source: "approvals/x.yaml"))
        #expect(reason(verdict(used, at: later)) == "no decision yet")
        used.approvers.append(
            word(
                "eve@example.com", given: now.adding(seconds: 1).iso, id: "file d",
                source: "approvals/x.yaml"))
        #expect(verdict(used, at: later) == .approved(used.digest))
    }

    @Test("a file that was given by a clock ahead is no second one when it is brought again")
    func fileAhead() throws {
        let ahead = now.adding(seconds: 240)
        var used = try record([
            word("eve", given: ahead.iso, id: "file a", source: "approvals/x.yaml")
        ])
        used.use(on: "s0", by: "r1", at: now)
        used.approvers.append(
            word("eve", given: ahead.iso, id: "file b", source: "approvals/x.yaml"))
        #expect(reason(verdict(used, at: ahead.adding(seconds: 60))) == "no decision yet")
    }

    @Test("what an earlier release used up stays used up")
    func olderRecord() throws {
        var old = try sampleApproval(step, by: ["eve"], consumed: ["s0": "r1/commerce/s0/orders"])
        old.approvers[0].source = "approvals/x.yaml"
        #expect(reason(verdict(old)) == "no decision yet")
        old.approvers.append(
            word(
                "eve", given: old.approvers[0].given, id: "file a", source: "approvals/x.yaml"))
        #expect(reason(verdict(old)) == "no decision yet")
    }

    @Test("a record whose binding was changed does not count")
    func widenedBinding() throws {
        var wide = try record([word("eve@example.com")])
        wide.binding.shards.append("s9")
        var step = step
        step.shards = ["s9"]
        #expect(reason(verdict(wide, on: step, shard: "s9")).contains("bound to"))
    }

    @Test("where signatures are asked for, a written name is nothing; likewise for the daemon")
    func unsigned() throws {
        let eve = try record([word("eve@example.com")])
        #expect(reason(verdict(eve, identity: .signed)).contains("not signed"))
        #expect(reason(verdict(eve, identity: .server)).contains("daemon"))
    }

    @Test("the last moment is when too few are left")
    func end() throws {
        let record = try record([
            word("eve@example.com", expires: "2026-11-21T13:00:00Z"),
            word("kim@example.com", expires: "2026-11-21T14:00:00Z"),
            word("ann@example.com", expires: "2026-11-21T15:00:00Z"),
        ])
        let ends = [1, 2, 3].map { minimum in
            ApprovalIndex(
                records: [record], environment: "production",
                check: ApprovalCheck(
                    terms: ApprovalTerms(minimum: minimum, refusesAuthor: true))
            ).decisions(about: step, now: now).end(of: record.digest, on: "s0")?.iso
        }
        #expect(ends == ["2026-11-21T15:00:00Z", "2026-11-21T14:00:00Z", "2026-11-21T13:00:00Z"])
    }
}
