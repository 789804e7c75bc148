import TestSupport
import Testing

@testable import Git

@Suite("A difference makes the target of its base, as git reads it")
struct DifferenceTests {
    /// What git's description of packs says about instructions, in the plainest manner.
    private static func apply(_ difference: [UInt8], to base: [UInt8]) throws -> [UInt8] {
        var place = 0
        func byte() throws -> Int {
            try #require(place < difference.count)
            defer { place += 1 }
            return Int(difference[place])
        }
        func size() throws -> Int {
            var (result, shift) = (0, 0)
            while true {
                let next = try byte()
                result |= (next & 0x7f) << shift
                shift += 7
                if next & 0x80 == 0 { return result }
            }
        }
        try #expect(size() == base.count)
        let count = try size()
        var result: [UInt8] = []
        while place < difference.count {
            let flags = try byte()
            guard flags & 0x80 != 0 else {
                try #require(flags > 0 && place + flags <= difference.count)
                result += difference[place..<place + flags]
                place += flags
                continue
            }
            var (start, length) = (0, 0)
            for number in 0..<4 where flags & 1 << number != 0 {
                start |= try byte() << (8 * number)
            }
            for number in 0..<3 where flags & 0x10 << number != 0 {
                length |= try byte() << (8 * number)
            }
            if length == 0 { length = 0x10000 }
            try #require(start + length <= base.count)
            result += base[start..<start + length]
        }
        #expect(result.count == count)
        return result
    }

    private static func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("of any two")
    func anyTwo() throws {
        var random = SeededGenerator(seed: 23)
        for round in 0..<300 {
            let base = Self.bytes(
                Int.random(in: 0...(round < 4 ? 9 : 600), using: &random), &random)
            var target: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                if Bool.random(using: &random), !base.isEmpty {
                    let start = Int.random(in: 0..<base.count, using: &random)
                    target += base[start...].prefix(Int.random(in: 1...200, using: &random))
                } else {
                    target += Self.bytes(Int.random(in: 0...300, using: &random), &random)
                }
            }
            let difference = try #require(Difference.from(base, to: target))
            try #expect(Self.apply(difference, to: base) == target)
        }
    }

    @Test("of long ones, whose places and lengths need all of their bytes")
    func long() throws {
        var random = SeededGenerator(seed: 5)
        let base = Self.bytes(0x2_0105, &random)
        let target = Array(base[0x1_0003...]) + [1, 2, 3] + base[..<0x1_8000]
        let difference = try #require(Difference.from(base, to: target))
        try #expect(Self.apply(difference, to: base) == target)
        #expect(difference.count < 60)
    }

    @Test("of alike ones, of which every place has the same window")
    func repeated() throws {
        let base: [UInt8] = Array(repeating: 7, count: 5000)
        let target = base + [1] + base
        let difference = try #require(Difference.from(base, to: target))
        try #expect(Self.apply(difference, to: base) == target)
        #expect(difference.count < 30)
    }

    @Test("what one changed id in a folder costs")
    func folder() throws {
        var random = SeededGenerator(seed: 11)
        func entry(_ digit: Int) -> [UInt8] {
            Array("40000 \(String(digit, radix: 16))\0".utf8) + Self.bytes(20, &random)
        }
        let entries = (0..<16).map(entry)
        var changed = entries
        changed[9] = entry(9)
        let difference = try #require(
            Difference.from(Array(entries.joined()), to: Array(changed.joined())))
        try #expect(
            Self.apply(difference, to: Array(entries.joined())) == Array(changed.joined()))
        // Two sizes, 21 bytes of the id, and a piece before it and one behind.
        #expect(difference.count <= 34)
    }
}
