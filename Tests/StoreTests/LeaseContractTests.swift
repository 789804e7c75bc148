import Basics
import Execution
import Foundation
import Store
import TestSupport
import Testing

@Suite("A write under a lease that is another one's is refused")
struct LeaseContractTests {
    @Test(arguments: BackendKind.allCases)
    func oneOfManyTakesIt(_ kind: BackendKind) throws {
        let place = try kind.place()
        let error = storeError { _ = try place.open().take("production", owner: "early") }
        #expect(error?.code == .noStore)
        let backend = try place.made()
        #expect(try backend.lease("production") == nil)
        let held = try backend.take("production", owner: "first")
        #expect(held.lease.name == "production" && held.lease.owner == "first")
        for other in [backend, place.open()] {
            let error = storeError { _ = try other.take("production", owner: "second") }
            #expect(error?.code == .locked && error?.fault.contains("first") == true)
            #expect(try other.lease("production") == held.lease)
        }
        _ = try backend.take("another/one", owner: "second")
        try held.renew()
        held.giveBack()
        held.giveBack()
        #expect(storeError { try held.renew() }?.code == .stale)
        let next = try place.open().take("production", owner: "second")
        #expect(next.lease.token > held.lease.token)
        #expect(try abs(backend.now().timeIntervalSince(next.lease.taken)) < 600)
    }

    /// Each way in which a lease becomes another one's.
    enum Loss: String, CaseIterable, Sendable {
        case givenBack, takenByAnother, forgotten, forgottenAndTaken
    }

    @Test(arguments: BackendKind.allCases, Loss.allCases)
    func aWriteWithAnOldTokenIsRefused(_ kind: BackendKind, _ loss: Loss) throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made())
        let held = try chain.backend.take("production", owner: "first")
        try chain.append("1", under: held.lease)
        var next: (any HeldLease)?
        switch loss {
        case .givenBack: held.giveBack()
        case .takenByAnother:
            held.giveBack()
            next = try place.open().take("production", owner: "first")
        case .forgotten: try kind.forgetLease("production", in: place.path)
        case .forgottenAndTaken:
            try kind.forgetLease("production", in: place.path)
            next = try place.open().take("production", owner: "first")
        }
        for backend in [chain.backend, place.open()] {
            let error = storeError {
                try EventChain(backend: backend).append("late", under: held.lease)
            }
            #expect(error?.code == .stale)
        }
        #expect(storeError { try held.renew() }?.code == .stale)
        #expect(try EventChain(backend: place.open()).events() == ["1"])
        if let next {
            #expect(next.lease != held.lease && next.lease.token >= held.lease.token)
            held.giveBack()
            try next.renew()
            try chain.append("2", under: next.lease)
        }
        try chain.append("without any")
    }

    /// In processes that die with it.
    @Test(arguments: BackendKind.shared)
    func itEndsWithItsProcessAndItsTokenGrows(_ kind: BackendKind) async throws {
        let place = try kind.place()
        let backend = try place.made()
        let notes = Notes(path: place.path + ".notes")
        for number in 0..<2 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    kind = kind as BackendKind, path = place.path as String,
                    notes = notes.path as String, number = number as Int
                ] in
                ChildProcess.run {
                    let held = try kind.open(path).take("production", owner: "process \(number)")
                    Notes(path: notes).add("\(held.lease.token)")
                    kill(getpid(), SIGKILL)
                }
            }
        }
        let tokens = notes.lines.compactMap { Int64($0) }
        #expect(tokens.count == 2 && tokens[0] < tokens[1])
        let dead = try #require(try backend.lease("production"))
        #expect(dead.token == tokens[1] && dead.owner == "process 1")
        let held = try backend.take("production", owner: "me")
        #expect(held.lease.token > tokens[1])
        let error = storeError { try EventChain(backend: backend).append("late", under: dead) }
        #expect(error?.code == .stale)
        try EventChain(backend: backend).append("1", under: held.lease)
    }
}
