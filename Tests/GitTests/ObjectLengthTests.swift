import Foundation
import TestSupport
import Testing

@testable import Git

/// A damaged header that names too few bytes must not make the library write beyond a buffer.
@Suite struct ObjectLengthTests {
    @Test(arguments: ["blob 1", "blob 0", "tree 2", "commit 3"])
    func objectLongerThanItsHeaderSaysIsDamaged(_ header: String) throws {
        let sample = try SampleRepository()
        let name = String(repeating: "ab", count: 20)
        try write(header + "\0" + String(repeating: "x", count: 50), as: name, in: sample)
        let repository = try sample.open()
        let id = try #require(ObjectID(hex: name))
        #expect(codeThrown { _ = try repository.verifyObject(id) } == .corrupt)
        #expect(codeThrown { _ = try repository.commit(id) } == .corrupt)
        #expect(codeThrown { _ = try repository.entries(ofTree: id) } == .corrupt)
        #expect(
            codeThrown { _ = try repository.readBlob(id, limit: 100, named: "x") } == .corrupt)
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
