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

    @Test(arguments: BackendKind.allCases)
    func aWriteUnderSeveralNeedsAllOfThem(_ kind: BackendKind) throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made())
        let names = ["production", "operation/7", "worker/a"]
        for lost in names.indices {
            let held = try names.map { try chain.backend.take($0, owner: "me") }
            try chain.append("\(lost)", under: held[0].lease, held[1].lease, held[2].lease)
            held[lost].giveBack()
            let error = storeError {
                try chain.append("late", under: held[0].lease, held[1].lease, held[2].lease)
            }
            #expect(error?.code == .stale)
            #expect(error?.fault.contains(names[lost]) == true, "\(error as Any)")
        }
        #expect(try chain.events() == ["0", "1", "2"])
    }

    /// Each name is a lease of its own, whatever it looks like.
    private static let names = [
        "worker/production/host:4711", "worker/production/host:4711.lease", "worker/production",
        ".", "..", "a", "A", "a.lease", "%61", "%token", "%token.lock", " ", "ü", "u\u{308}",
        "line\nbreak", "nul\0", "'\"`\\", String(repeating: "x", count: 255),
        String(repeating: "x", count: 254), String(repeating: "/", count: 255),
        String(repeating: "ü", count: 127),
    ]

    @Test(arguments: BackendKind.allCases)
    func aNameIsAnyText(_ kind: BackendKind) throws {
        let place = try kind.place()
        let backend = try place.made()
        let held = try Self.names.map { try backend.take($0, owner: $0) }
        for (name, held) in zip(Self.names, held) {
            #expect(Array(held.lease.name.utf8) == Array(name.utf8))
            #expect(try place.open().lease(name) == held.lease)
            try held.renew()
            let error = storeError { _ = try place.open().take(name, owner: "other") }
            #expect(error?.code == .locked, "\(name)")
        }
        #expect(Set(held.map { [$0.lease.token: Array($0.lease.name.utf8)] }).count == held.count)
        for name in ["", String(repeating: "x", count: 256)] {
            #expect(storeError { _ = try backend.take(name, owner: "me") }?.code == .invalid)
        }
        for (name, held) in zip(Self.names, held) {
            held.giveBack()
            try backend.take(name, owner: "next").giveBack()
        }
    }

    @Test(arguments: BackendKind.allCases)
    func thoseBelowAPrefixAreListed(_ kind: BackendKind) throws {
        let place = try kind.place()
        let error = storeError { _ = try place.open().leases(below: "") }
        #expect(error?.code == .noStore)
        let backend = try place.made()
        #expect(try backend.leases(below: "") == [])
        let names = ["worker/b", "worker/a", "worker%", "workers", "worker/a/b", "ü/x"]
        let held = try names.map { try backend.take($0, owner: "owner of \($0)") }
        held[1].giveBack()
        for handle in [backend, place.open()] {
            let all = try handle.leases(below: "worker/")
            #expect(all.map(\.lease.name) == ["worker/a", "worker/a/b", "worker/b"])
            #expect(all.map(\.lease) == [held[1].lease, held[4].lease, held[0].lease])
            #expect(all.map(\.isHeld) == [false, true, true])
            for standing in all where standing.isHeld && kind != .git {
                let renewed = try #require(standing.renewed)
                #expect(try abs(handle.now().timeIntervalSince(renewed)) < 60)
            }
            if kind == .git { #expect(all.allSatisfy { $0.renewed == nil }) }
            #expect(try handle.leases(below: "ü").map(\.lease) == [held[5].lease])
            #expect(try handle.leases(below: "none") == [])
            #expect(try handle.leases(below: "").count == names.count)
        }
    }

    @Test(arguments: BackendKind.allCases)
    func aHolderIsSureUntilItGivesItBack(_ kind: BackendKind) throws {
        let place = try kind.place()
        let held = try place.made().take("production", owner: "me")
        #expect(held.isSure)
        try held.renew()
        #expect(held.isSure)
        held.giveBack()
        #expect(!held.isSure)
    }

    /// Also of a process that died with it; what is held stays, however long.
    @Test(arguments: BackendKind.shared)
    func whatNobodyHasHeldForADayIsForgotten(_ kind: BackendKind) async throws {
        let place = try kind.place()
        let backend = try place.made()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [kind = kind as BackendKind, path = place.path as String] in
            ChildProcess.run {
                let held = try kind.open(path).take("worker/dead", owner: "dead")
                withExtendedLifetime(held) { _ = kill(getpid(), SIGKILL) }
            }
        }
        for _ in 0..<3 { try backend.take("worker/back", owner: "me").giveBack() }
        let last = try #require(try backend.lease("worker/back"))
        let held = try backend.take("worker/held", owner: "me")
        try kind.ageLeases(in: place.path)
        try held.renew()
        let fresh = try place.open().take("worker/fresh", owner: "me")
        let names = try place.open().leases(below: "worker/").map(\.lease.name)
        #expect(names == ["worker/fresh", "worker/held"])
        #expect(try backend.lease("worker/back") == nil)
        let next = try backend.take("worker/back", owner: "me")
        #expect(next.lease.token > last.token)
        #expect(fresh.lease.token > last.token)
        try held.renew()
        try EventChain(backend: backend).append("1", under: held.lease, next.lease)
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
                    let held = try kind.takeFromTheDead(
                        "production", of: kind.open(path), owner: "process \(number)")
                    Notes(path: notes).add("\(held.lease.token)")
                    kill(getpid(), SIGKILL)
                }
            }
        }
        let tokens = notes.lines.compactMap { Int64($0) }
        #expect(tokens.count == 2 && tokens[0] < tokens[1])
        let dead = try #require(try backend.lease("production"))
        #expect(dead.token == tokens[1] && dead.owner == "process 1")
        let held = try kind.takeFromTheDead("production", of: backend, owner: "me")
        #expect(held.lease.token > tokens[1])
        let error = storeError { try EventChain(backend: backend).append("late", under: dead) }
        #expect(error?.code == .stale)
        try EventChain(backend: backend).append("1", under: held.lease)
    }
}

extension BackendKind {
    /// Takes a lease whose holder is dead. On another node of a cluster than the holder's that is
    /// only seen by its silence.
    func takeFromTheDead(
        _ name: String, of backend: any LedgerBackend, owner: String
    ) throws -> any HeldLease {
        guard self == .galera else { return try backend.take(name, owner: owner) }
        var held: (any HeldLease)?
        try waits(for: "the lease of a dead process") {
            let error = storeError { held = try backend.take(name, owner: owner) }
            #expect(error == nil || error?.code == .locked)
            return held != nil
        }
        return try #require(held)
    }
}
