import Execution
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("An environment waits for those before it, and goes on while they are as they were")
struct EarlierEnvironmentsTests {
    private final class Staging {
        let fixture: StoreFixture
        let store: LedgerStore
        let environments: EarlierEnvironments

        init() throws {
            fixture = try StoreFixture()
            store = LedgerStore(
                ledger: fixture.ledger, environment: "staging",
                actor: LedgerActor(name: "Ada", email: "ada@example.com"), clock: fixture.clock)
            environments = EarlierEnvironments(names: ["staging"], store: fixture.store)
        }

        func change(
            _ body: @escaping (inout LedgerDraft) throws(LedgerError) -> Void
        ) throws {
            try store.transact(LedgerEvent("test", subject: "Test")) { draft throws(LedgerError) in
                try body(&draft)
                return .commit
            }
        }

        func set(_ body: @escaping (inout EnvironmentRecord) -> Void) throws {
            try change { draft throws(LedgerError) in
                var record = try draft.environmentRecord() ?? EnvironmentRecord()
                body(&record)
                try draft.set(RecordPath.environment, json: record)
            }
        }

        func mark(_ mark: RolloutMark?) throws {
            var record = RolloutRecord(
                id: "aa11", plan: digest("plan"), policy: .halt, waves: [], bakeSeconds: [],
                startedAt: "2026-11-21T12:00:00Z", actor: "ada")
            record.state = mark == nil ? .completed : .running
            try change { [record] draft throws(LedgerError) in
                try draft.setRollout(record)
                if let mark { try draft.setMark(mark, of: record.id) }
            }
        }

        func hold(at commit: String?) throws -> String {
            try environments.hold(at: commit, "main@c1") ?? ""
        }

        func meanwhile() throws -> String { try environments.holdMeanwhile() ?? "" }
    }

    @Test func whatHolds() throws {
        let staging = try Staging()
        #expect(try staging.hold(at: "c1").contains("`staging` has not converged at main@c1"))
        #expect(try staging.meanwhile().contains("has not converged any more"))
        try staging.set { $0.convergedRevision = "c1" }
        #expect(try staging.hold(at: "c1").isEmpty && staging.meanwhile().isEmpty)
        // Files of a folder are no commit.
        #expect(try staging.hold(at: nil).contains("has not converged"))
        // That it went on holds nothing that has begun.
        try staging.set { $0.convergedRevision = "c2" }
        #expect(try staging.hold(at: "c1").contains("has not converged"))
        #expect(try staging.meanwhile().isEmpty)
        // An open rollout holds nothing, until it stands still.
        try staging.mark(RolloutMark())
        #expect(try staging.meanwhile().isEmpty && staging.hold(at: "c2").isEmpty)
        for mark in [
            RolloutMark(stop: .init(actor: "ada", reason: "slow", at: "now")),
            RolloutMark(pause: .init(reason: "slow", at: "now")),
        ] {
            try staging.mark(mark)
            #expect(try staging.meanwhile().contains("rollout aa11 is"))
            #expect(try staging.hold(at: "c2").contains("rollout aa11 is"))
        }
        try staging.mark(nil)
        #expect(try staging.meanwhile().isEmpty)
        try staging.set { $0.divergence = .init(reason: "app.orders differs", at: "now") }
        #expect(try staging.meanwhile().contains("app.orders differs (now)"))
        #expect(try staging.hold(at: "c2").contains("app.orders differs (now)"))
        // A ledger that cannot be read holds, too.
        let look = EarlierLook(staging.environments, clock: staging.fixture.clock)
        try staging.store.ledger.transact(
            "staging", actor: staging.store.actor, event: LedgerEvent("test", subject: "Test"),
            time: staging.fixture.clock.now.date
        ) { draft in
            try draft.set(RecordPath.environment, Array("{}".utf8))
            return .commit
        }
        #expect(look.reason?.contains("not known how the earlier environments are") == true)
    }

    /// What was seen counts for a second, and for a wave that opens it is looked at again.
    @Test func aLookIsKnownForASecond() throws {
        let staging = try Staging()
        try staging.set { $0.convergedRevision = "c1" }
        let look = EarlierLook(staging.environments, clock: staging.fixture.clock)
        #expect(look.reason == nil)
        try staging.set { $0.convergedRevision = nil }
        #expect(look.reason == nil)
        look.renew()
        #expect(look.reason?.contains("any more") == true)
        try staging.set { $0.convergedRevision = "c1" }
        #expect(look.reason != nil)
        _ = staging.fixture.clock.wait(seconds: 1, unless: Interrupt())
        #expect(look.reason == nil)
        let nobody = EarlierLook(
            EarlierEnvironments(names: [], store: staging.fixture.store),
            clock: staging.fixture.clock)
        nobody.renew()
        #expect(nobody.reason == nil)
    }
}
