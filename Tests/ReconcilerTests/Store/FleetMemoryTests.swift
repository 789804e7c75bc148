import Foundation
import Ledger
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("Records of shards: what changed is written, and read, and no more")
struct FleetMemoryTests {
    @Test("what is remembered is what the ledger has, whatever changed meanwhile")
    func remembers() throws {
        let fixture = try StoreFixture()
        var memory = FleetMemory()
        var expected: [ShardID: ShardRecord] = [:]
        let other = ShardID(namespace: "other", shard: "0")
        let steps: [[(ShardID, ShardRecord)]] = [
            (0..<40).map { (sampleShard($0), sampleRecord(["a": "1", "b": "2"])) },
            [(sampleShard(3), sampleRecord(["a": "1"]))],
            [(other, sampleRecord([:]))],
            [(other, sampleRecord(["v": "1"])), (sampleShard(41), sampleRecord(["a": "9"]))],
            [(sampleShard(3), sampleRecord(["c": "1"])), (sampleShard(5), sampleRecord([:]))],
            [],
        ]
        for step in steps {
            let known = expected
            try fixture.change { draft throws(LedgerError) in
                for (id, record) in step { try draft.setShard(id, record, over: known[id]) }
            }
            for (id, record) in step { expected[id] = record }
            let snapshot = try fixture.snapshot()
            #expect(try memory.records(in: snapshot) == expected)
            #expect(try LedgerQueries.shards(in: snapshot) == expected)
            for (id, record) in step { #expect(try snapshot.shard(id) == record) }
        }
        // Shards that go, one by one and with their namespace.
        for gone in [[sampleShard(7)], [other], (0..<42).map(sampleShard)] {
            try fixture.change { draft throws(LedgerError) in
                for id in gone {
                    try draft.remove(RecordPath.shardHeader(id))
                    try draft.remove(RecordPath.allTables(id))
                }
            }
            for id in gone { expected[id] = nil }
            #expect(try memory.records(in: fixture.snapshot()) == expected)
        }
        #expect(expected.isEmpty)
    }

    @Test("what did not change is not read again, and equal tables are read once")
    func readsWhatChanged() throws {
        let fixture = try StoreFixture()
        try fixture.change { draft throws(LedgerError) in
            for number in 0..<8 {
                try draft.setShard(sampleShard(number), sampleRecord(["a": "1"]), over: nil)
            }
        }
        var memory = FleetMemory()
        let before = try memory.records(in: fixture.snapshot())
        try fixture.change { draft throws(LedgerError) in
            try draft.changeShard(
                sampleShard(0), tables: ["a": digest("1")], revision: "abc", at: sampleTime())
        }
        // Nothing but what changed is there any more: whoever reads the rest fails.
        let header = RecordPath.shardHeader(sampleShard(1)).encoded
        let tables = RecordPath.allTables(sampleShard(1)).encoded
        try GitCommand.unpackObjects(of: fixture.path)
        for path in [header, tables] {
            let id = try fixture.git("rev-parse", "production:\(path)")
            let file = "\(fixture.path)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
            if FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        }
        let later = try #require(
            try Ledger.open(path: fixture.path).snapshot("production").map(RecordSnapshot.init))
        var after = before
        after[sampleShard(0)]?.lastRevision = "abc"
        #expect(try memory.records(in: later) == after)
        #expect(throws: LedgerError.self) { try LedgerQueries.shards(in: later) }
    }

    @Test("a shard whose header is missing is damage, and no shard without tables")
    func missingHeader() throws {
        let fixture = try StoreFixture()
        try fixture.change { draft throws(LedgerError) in
            try draft.setShard(sampleShard(0), sampleRecord(["a": "1"]), over: nil)
            try draft.remove(RecordPath.shardHeader(sampleShard(0)))
        }
        let error = #expect(throws: LedgerError.self) {
            try LedgerQueries.shards(in: fixture.snapshot())
        }
        #expect(error?.code == .damaged)
        #expect(error?.fault.contains("commerce") == true)
    }

    @Test("a shard that somebody else recorded meanwhile is not taken for a new one")
    func recordedMeanwhile() throws {
        let fixture = try StoreFixture()
        try fixture.change { draft throws(LedgerError) in
            try draft.setShard(sampleShard(0), sampleRecord(["a": "1"]), over: nil)
        }
        let error = #expect(throws: LedgerError.self) {
            try fixture.change { draft throws(LedgerError) in
                try draft.setShard(sampleShard(0), sampleRecord(["b": "1"]), over: nil)
            }
        }
        #expect(error?.code == .lostRace)
    }

    @Test("few tables are one document, many are several, and all of them are found in either case")
    func width() throws {
        let most = ShardDocuments.most
        let id = sampleShard(0)
        func tables(_ count: Int, _ word: String) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("t\($0)", word) })
        }
        for isMoved in [false, true] {
            for (count, isWide) in [(0, false), (most, false), (most + 1, true)] {
                let fixture = try StoreFixture()
                var expected = tables(count, "1")
                let record = sampleRecord(expected)
                if isMoved {
                    let text = String(
                        decoding: try CanonicalJSON.encode(record), as: UTF8.self)
                    try fixture.write([(LedgerPath("fleet", id.namespace, id.shard), text)])
                }
                try fixture.change { draft throws(LedgerError) in
                    if !isMoved { try draft.setShard(id, record, over: nil) }
                }
                func documents() throws -> Int {
                    try fixture.snapshot()
                        .paths(below: RecordPath.tables(in: RecordPath.shard(id))).count
                }
                #expect(try (documents() > 1) == isWide)
                #expect(try fixture.snapshot().shard(id)?.tables == record.tables)
                // One more and one less, over the edge and back.
                for (word, change) in [("2", "x"), ("3", "y")] {
                    try fixture.change { draft throws(LedgerError) in
                        try draft.changeShard(
                            id, tables: [change: digest(word), "t0": nil],
                            revision: nil, at: sampleTime())
                    }
                    expected[change] = word
                    expected["t0"] = nil
                    #expect(
                        try fixture.snapshot().shard(id)?.tables == expected.mapValues(digest))
                }
                #expect(try (documents() > 1) == (count >= most))
                let known = try #require(try fixture.snapshot().shard(id))
                try fixture.change { draft throws(LedgerError) in
                    try draft.setShard(id, record, over: known)
                }
                #expect(try fixture.snapshot().shard(id) == record)
            }
        }
    }

    @Test("shards in the same state share their tables; a change of one table writes one document")
    func sharing() throws {
        let fixture = try StoreFixture()
        let tables = Dictionary(uniqueKeysWithValues: (0..<300).map { ("t\($0)", "1") })
        try fixture.change { draft throws(LedgerError) in
            for number in 0..<3 {
                try draft.setShard(sampleShard(number), sampleRecord(tables), over: nil)
            }
        }
        func folder(_ number: Int) throws -> String {
            let path = RecordPath.tables(in: RecordPath.shard(sampleShard(number)))
            return try fixture.git("rev-parse", "production:\(path.encoded)")
        }
        #expect(try Set((0..<3).map(folder)).count == 1)
        for number in 0..<2 {
            try fixture.change { draft throws(LedgerError) in
                try draft.changeShard(
                    sampleShard(number), tables: ["t7": digest("2")], revision: nil,
                    at: sampleTime())
            }
        }
        #expect(try Set((0..<2).map(folder)).count == 1)
        #expect(try Set((1..<3).map(folder)).count == 2)
        let changed = try fixture.git("diff", "--name-only", "production~1", "production")
        #expect(
            Set(changed.split(separator: "\n").map(String.init)) == [
                RecordPath.tables(sampleShard(1), like: "t7").encoded
            ])
    }
}
