import Execution
import Foundation
import Store
import TestSupport
import Testing

@Suite("A ledger that answers nothing keeps no process from ending")
struct EndingTests {
    private let clock = ContinuousClock()

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = clock.now
        try body()
        return (clock.now - start) / .seconds(1)
    }

    /// A handle through a proxy, with a lease and sessions that are kept.
    private func reached(
        _ interrupt: Interrupt
    ) throws -> (ServerProxy, any LedgerBackend, any HeldLease) {
        let store = try ServerStore(.mariadb1011)
        try store.open().make(version: 1)
        let proxy = try ServerProxy(to: store.socket)
        let backend = store.open(
            through: proxy, waitSeconds: 10, heartbeatSeconds: 5, interrupt: interrupt)
        let held = try backend.take("production", owner: "me")
        try backend.setVersion(1)
        return (proxy, backend, held)
    }

    @Test(
        "once the end is asked for, a write is given up within ten seconds, and all later ones at once"
    )
    func givenUp() throws {
        let interrupt = Interrupt()
        let (proxy, backend, held) = try reached(interrupt)
        proxy.swallowAll()
        // While the write waits for its answer.
        let thread = Thread { interrupt.raise() }
        thread.start()
        let error = Lock<StoreError?>(nil)
        let first = seconds {
            error.withLock { $0 = storeError { try backend.setVersion(1) } }
        }
        #expect(first > 5 && first < 20, "\(first)")
        let words = error.withLock { $0 }.map { "\($0)" } ?? ""
        #expect(words.contains("the end was asked for"), "\(words)")
        let rest = seconds {
            #expect(storeError { try backend.setVersion(1) } != nil)
            #expect(storeError { _ = try backend.now() } != nil)
            #expect(storeError { _ = try backend.take("other", owner: "me") } != nil)
            held.giveBack()
        }
        #expect(rest < 2, "\(rest)")
    }

    @Test("a ledger that answers is written to after the end was asked for, however late")
    func answers() throws {
        let interrupt = Interrupt()
        let (_, backend, held) = try reached(interrupt)
        interrupt.raise()
        try backend.setVersion(2)
        #expect(try backend.version() == 2)
        held.giveBack()
        _ = try backend.take("production", owner: "other")
    }
}
