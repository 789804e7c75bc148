import Basics
import Execution
import Foundation
import Store
import TestSupport
import Testing

@Suite("Writers of many threads and processes lose nothing of each other")
struct WriterContractTests {
    /// Four processes with four threads each, every one with a handle of its own.
    @Test(arguments: BackendKind.shared)
    func sixteenRacingWritersFormOneChain(_ kind: BackendKind) async throws {
        let place = try kind.place()
        let early = try place.made()
        let perWriter = 4
        await withTaskGroup(of: Void.self) { group in
            for process in 0..<4 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [
                            kind = kind as BackendKind, path = place.path as String,
                            process = process as Int, perWriter = perWriter as Int
                        ] in
                        ChildProcess.run {
                            let results = Workers.map(
                                Array(0..<4), total: 4, perKey: 4, key: { _ in 0 }
                            ) { thread in
                                Result {
                                    let chain = EventChain(backend: kind.open(path))
                                    for number in 0..<perWriter {
                                        try chain.append("\(process)-\(thread)-\(number)")
                                    }
                                }
                            }
                            for result in results { try result.get() }
                        }
                    }
                }
            }
        }
        let expected = (0..<4).flatMap { process in
            (0..<4).flatMap { thread in (0..<perWriter).map { "\(process)-\(thread)-\($0)" } }
        }
        for backend in [early, place.open()] {
            let events = try EventChain(backend: backend).events()
            #expect(events.sorted() == expected.sorted())
            // Each writer's own events stand in their order.
            for writer in Set(events.map { $0.dropLast(2) }) {
                let own = events.filter { $0.hasPrefix(writer + "-") }
                #expect(own == own.sorted() && own.count == perWriter)
            }
        }
        #expect(try kind.isWhole(place.path))
    }

    /// At once, by another process and by handles that were open before, whatever they had read.
    @Test(arguments: BackendKind.shared)
    func whatWasAcknowledgedIsReadByAll(_ kind: BackendKind) async throws {
        let place = try kind.place()
        let writer = EventChain(backend: try place.made())
        try writer.append("0")
        let used = EventChain(backend: place.open())
        let fresh = EventChain(backend: place.open())
        #expect(try fresh.backend.isMade())
        var expected = ["0"]
        for number in 1...40 {
            // Looked for before it is there: that it was missing must not be believed for ever.
            let text = blob(1_000 + number)
            #expect(try used.backend.get(text.id) == nil)
            try writer.append("\(number)")
            try writer.backend.put([text])
            expected.append("\(number)")
            #expect(try used.backend.get(text.id)?.bytes == text.bytes)
            #expect(try used.backend.absent(of: [text.id]) == [])
            if number % 10 == 0 { #expect(try used.events() == expected) }
        }
        #expect(try fresh.events() == expected)
        await #expect(processExitsWith: .success) {
            [
                kind = kind as BackendKind, path = place.path as String,
                expected = expected as [String]
            ]
            in
            ChildProcess.run {
                let chain = EventChain(backend: kind.open(path))
                try #require(try chain.events() == expected)
                try chain.append("from another process")
            }
        }
        #expect(try used.events() == expected + ["from another process"])
    }

    @Test(arguments: BackendKind.shared)
    func aKillBetweenObjectAndReferenceLeavesTheOldState(_ kind: BackendKind) async throws {
        let place = try kind.place()
        let chain = EventChain(backend: try place.made())
        let first = try chain.append("1")
        for step in 0..<2 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [kind = kind as BackendKind, path = place.path as String, step = step as Int] in
                ChildProcess.run {
                    let chain = EventChain(backend: kind.open(path))
                    if step == 0 {
                        // With the turn taken and nothing written.
                        try chain.append("late") { kill(getpid(), SIGKILL) }
                    } else {
                        try chain.backend.put([blob(1), blob(2)])
                        kill(getpid(), SIGKILL)
                    }
                }
            }
            for backend in [chain.backend, place.open()] {
                #expect(try backend.reference(chain.references[0]) == first)
                #expect(try EventChain(backend: backend).events() == ["1"])
            }
        }
        try EventChain(backend: place.open()).append("2")
        #expect(try chain.events() == ["1", "2"])
        #expect(try chain.backend.get(blob(1).id) != nil, "put, and so acknowledged")
        #expect(try kind.isWhole(place.path))
    }

    /// A process is killed while it writes, at a moment that the seed says.
    @Test(arguments: BackendKind.shared, Rounds.seeds(8))
    func aKillAtAnyMomentLeavesAllOrNothing(_ kind: BackendKind, _ seed: Int) async throws {
        let place = try kind.place()
        let names = ["refs/heads/a", "refs/heads/b", "refs/heads/c"]
        let chain = EventChain(backend: try place.made(), references: names)
        try chain.append("0")
        let notes = Notes(path: place.path + ".notes")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                kind = kind as BackendKind, path = place.path as String,
                notes = notes.path as String, names = names as [String], seed = seed as Int
            ] in
            ChildProcess.run {
                let chain = EventChain(backend: kind.open(path), references: names)
                var random = SeededGenerator(seed: UInt64(seed))
                Self.killLater(microseconds: UInt32.random(in: 500...40_000, using: &random))
                for number in 1... {
                    try chain.append("\(number)", size: 2_000)
                    Notes(path: notes).add("\(number)")
                }
            }
        }
        // Whoever comes next may be a reader, for whom nobody finishes anything.
        let tips = try names.map { try place.open().reference($0) }
        #expect(Set(tips).count == 1)
        let events = try EventChain(backend: place.open(), references: names).events()
        #expect(events == (0..<events.count).map(String.init))
        let acknowledged = notes.lines.compactMap { Int($0) }.max() ?? 0
        #expect((acknowledged + 1...acknowledged + 2).contains(events.count))
        let next = EventChain(backend: place.open(), references: names)
        try next.append("next")
        for name in names { #expect(try next.events(of: name) == events + ["next"]) }
        #expect(try kind.isWhole(place.path))
        #expect(try place.open().damagedFiles() == [])
    }

    /// Ends this process as nothing else does, some time after this returns.
    static func killLater(microseconds: UInt32) {
        let thread = Thread {
            usleep(microseconds)
            kill(getpid(), SIGKILL)
        }
        thread.start()
    }
}
