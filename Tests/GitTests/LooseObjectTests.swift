import Basics
import Foundation
import TestSupport
import Testing

@testable import Git

/// Damaged files must make the library neither write beyond a buffer nor wait for ever.
@Suite struct LooseObjectTests {
    @Test(arguments: ["blob 1", "blob 0", "tree 2", "commit 3"])
    func objectLongerThanItsHeaderSaysIsDamaged(_ header: String) throws {
        let sample = try SampleRepository()
        let name = String(repeating: "ab", count: 20)
        try write(header + "\0" + String(repeating: "x", count: 50), as: name, in: sample)
        let repository = try sample.open()
        let id = try #require(ObjectID(hex: name))
        #expect(codeThrown { _ = try repository.read(id) } == .corrupt)
        #expect(codeThrown { _ = try repository.commit(id) } == .corrupt)
        #expect(codeThrown { _ = try repository.entries(ofTree: id) } == .corrupt)
        #expect(
            codeThrown { _ = try repository.readBlob(id, limit: 100, named: "x") } == .corrupt)
    }

    @Test func objectsThatAreCutOffAreDamaged() throws {
        let sample = try SampleRepository()
        try sample.write("long", (0..<9_000).map { "\($0)" }.joined(separator: " "))
        try sample.write("short", "x")
        let tip = try sample.commit("First")
        let repository = try sample.open()
        let commit = try repository.resolve("main")
        let tree = try repository.entries(ofTree: commit.tree)
        for id in [try #require(ObjectID(hex: tip)), commit.tree] + tree.map(\.id) {
            let path = sample.work + "/.git/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            chmod(path, 0o644)
            let step = max(1, whole.count / 40)
            for count in stride(from: 0, to: whole.count, by: step) {
                try whole.prefix(count).write(to: URL(fileURLWithPath: path))
                let fresh = try sample.open()
                #expect(codeThrown { _ = try fresh.read(id) } == .corrupt, "\(count)")
                guard id.hex == tip else { continue }
                #expect(codeThrown { _ = try fresh.resolve("main") } == .corrupt, "\(count)")
                #expect(codeThrown { _ = try fresh.resolve("HEAD") } == .corrupt, "\(count)")
                #expect(codeThrown { _ = try fresh.resolve(tip) } == .corrupt, "\(count)")
            }
            try (whole + Data([0])).write(to: URL(fileURLWithPath: path))
            let longer = try sample.open()
            #expect(codeThrown { _ = try longer.read(id) } == .corrupt)
            try whole.write(to: URL(fileURLWithPath: path))
            #expect(throws: Never.self) { _ = try sample.open().read(id) }
        }
    }

    @Test func shortObjectsAreRead() throws {
        let sample = try SampleRepository()
        for count in [0, 1, 30, 56, 57, 58, 63, 64, 65] {
            try sample.write("f\(count)", String(repeating: "x", count: count))
        }
        try sample.commit("First")
        let tree = try sample.tree()
        for count in [0, 1, 30, 56, 57, 58, 63, 64, 65] {
            #expect(try tree.read("f\(count)").count == count)
        }
    }

    /// Stores bytes as a loose object under any name, in a zlib stream that compresses nothing.
    private func write(_ text: String, as name: String, in sample: SampleRepository) throws {
        let bytes = Array(text.utf8)
        let count = UInt16(bytes.count)
        var stream: [UInt8] = [0x78, 0x01, 0x01]
        for number in [count, ~count] { stream += [UInt8(number & 0xff), UInt8(number >> 8)] }
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let sum = high << 16 | low
        stream += bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
        let folder = sample.work + "/.git/objects/\(name.prefix(2))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(stream).write(to: URL(fileURLWithPath: folder + "/\(name.dropFirst(2))"))
    }
}
