import Basics
import Foundation
import Git
import Store
import TestSupport
import Testing

@Suite("A store stays small in files, descriptors and maps, however long it is written to")
struct GrowthTests {
    /// What this process has open or mapped of files below a path.
    private func held(_ path: String) throws -> (descriptors: [String], maps: [String]) {
        let folder = "/proc/self/fd"
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
            .split(separator: "\n").map(String.init)
        return (
            descriptors.filter { $0.hasPrefix(path) }, maps.filter { $0.contains(path) }
        )
    }

    @Test func packsAreMergedAndLetGo() throws {
        let store = try GitStore()
        let reader = store.reopened()
        var most = 0
        for number in 0..<500 {
            if number % 5 == 0 {
                try store.chain.append("\(number)")
            } else {
                try store.chain.backend.put([blob(number)])
            }
            // One that reads with every transition, and one that does so rarely.
            if number % 50 == 0 { _ = try reader.events(limit: 3) }
            if number < 300 { most = max(most, store.files(".pack").count) }
            if number == 299 { #expect(try store.remains() == []) }
        }
        // 24 are tolerated; the write that makes one more merges the small ones.
        #expect(most == 24)
        #expect(store.files(".pack").count == store.files(".idx").count)
        #expect(try reader.events().count == 100)
        for (what, files) in [
            ("descriptor", try held(store.path).descriptors), ("map", try held(store.path).maps),
        ] {
            for file in files { #expect(!file.contains("(deleted)"), "\(what) \(file)") }
            // Of two handles: a pack and its index each at the most.
            #expect(files.count <= 2 * 2 * 25, "\(what)s: \(files.count)")
        }
        #expect(try store.isWhole())
    }

    /// Packs of others, whose objects are stored as differences, are not read with each write.
    @Test func packsThatCannotBeMergedAreTriedRarely() throws {
        let store = try GitStore()
        try Shell.check(
            "sh",
            [
                "-ec",
                """
                for number in $(seq 30); do
                  seq $number 200 >text; first=$(git hash-object -w text)
                  echo more >>text; second=$(git hash-object -w text)
                  printf '%s\\n%s\\n' $first $second | git pack-objects -q objects/pack/pack
                done >/dev/null
                rm text
                git prune-packed
                """,
            ], folder: store.path)
        let chain = store.reopened()
        for number in 0..<10 { try chain.append("\(number)") }
        #expect(store.files(".pack").count == 40)
        for number in 10..<60 { try chain.append("\(number)") }
        #expect(store.files(".pack").count < 60)
        #expect(try store.reopened().events().count == 60)
    }
}
