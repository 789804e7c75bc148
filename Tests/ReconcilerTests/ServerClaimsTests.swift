import Ledger
import MemoryStore
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Servers belong to one process at a time, once there are several")
struct ServerClaimsTests {
    private let ledger: Ledger
    private let one: WorkSharing
    private let two: WorkSharing
    private let a = ServerAddress.tcp(host: "a", port: 3306)
    private let b = ServerAddress.tcp(host: "b", port: 3306)

    init() throws {
        let store = MemoryStore(place: "claims")
        ledger = try Ledger.open(MemoryBackend(store))
        one = WorkSharing(
            ledger: ledger, environment: "production", name: WorkerName(text: "one"))
        two = WorkSharing(
            ledger: try Ledger.open(MemoryBackend(store)), environment: "production",
            name: WorkerName(text: "two"))
    }

    private func held(below prefix: String) throws -> [String] {
        try ledger.claims(below: prefix).filter(\.isHeld).map {
            "\($0.lease.name) \($0.lease.owner)"
        }
    }

    @Test func whoIsAloneTakesNothing() throws {
        #expect(try !one.look())
        #expect(one.claims.enterAlone(a))
        #expect(one.claims.claim(of: a) == nil)
        #expect(try held(below: "") == [])
    }

    /// What is at work when somebody comes is claimed before anything is offered.
    @Test func whatIsAtWorkIsClaimedOnceSomebodyComes() throws {
        #expect(one.claims.enterAlone(a))
        let presence = try two.appear(as: "worker by ada")
        #expect(try one.look())
        #expect(try held(below: "claim/") == ["claim/production/a:3306 one"])
        #expect(one.claims.claim(of: a) != nil)
        #expect(try two.claims.enter(a, limit: 9) == .elsewhere)
        #expect(!one.claims.enterAlone(b), "the rest is shared out")
        #expect(try two.claims.enter(b, limit: 9) == .new)
        one.claims.leave(a)
        #expect(try two.claims.enter(a, limit: 9) == .new)
        withExtendedLifetime(presence) {}
    }

    @Test func whoIsThereIsSeenByItsPresenceOrItsClaims() throws {
        #expect(try !one.look())
        var presence = try two.appear(as: "worker by ada")
        #expect(try one.look())
        presence = nil
        #expect(try !one.look())
        #expect(try two.claims.enter(b, limit: 1) == .new)
        #expect(try one.look(), "it still has a server")
        two.claims.settled(b)
        two.claims.leave(b)
        #expect(try !one.look())
        withExtendedLifetime(presence) {}
    }

    /// Its own presence and claims are nobody else's.
    @Test func aProcessIsNoOtherToItself() throws {
        let presence = try one.appear(as: "daemon by ada")
        #expect(try one.claims.enter(a, limit: 1) == .new)
        #expect(try !one.look())
        withExtendedLifetime(presence) {}
    }

    @Test func aServerIsGivenBackByItsLastUser() throws {
        #expect(try one.claims.enter(a, limit: 1) == .new)
        #expect(try one.claims.enter(a, limit: 1) == .elsewhere, "what was left is being settled")
        one.claims.settled(a)
        #expect(try one.claims.enter(a, limit: 1) == .mine)
        one.claims.leave(a)
        #expect(try two.claims.enter(a, limit: 1) == .elsewhere)
        one.claims.leave(a)
        #expect(try two.claims.enter(a, limit: 1) == .new)
    }

    @Test func noProcessTakesMoreServersThanItCanWorkOn() throws {
        #expect(try one.claims.enter(a, limit: 1) == .new)
        #expect(try one.claims.enter(b, limit: 1) == .elsewhere)
        #expect(try two.claims.enter(b, limit: 1) == .new)
    }

    /// To settle what was left, a server must be nobody's, not even this process's.
    @Test func whatIsUsedIsNotSettledBeside() throws {
        #expect(one.claims.enterAlone(a))
        #expect(try !one.claims.enterUnused(a))
        #expect(try one.claims.enterUnused(b))
        #expect(try !two.claims.enterUnused(b))
    }
}
