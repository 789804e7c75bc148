/// The difference between two byte strings, as packs store it: pieces to copy from the base, and
/// bytes to insert.
struct Difference {
    private let base: UnsafeBufferPointer<UInt8>
    private let target: UnsafeBufferPointer<UInt8>
    /// For each hash of a window the first place of the base that has it, and for each place the
    /// next one; -1 where there is none.
    private var first: [Int32]
    private var next: [Int32]
    private let shift: UInt64
    private var output: [UInt8] = []
    /// Where the bytes begin that are to be inserted and are not yet.
    private var start = 0

    /// The shortest piece that is looked for.
    private static let window = 8
    /// How many places with the same hash are compared.
    private static let mostPlaces = 32
    /// The longest piece that one instruction copies.
    private static let longestCopy = 0xffff
    /// Longer bases are not looked through, in bytes.
    private static let longestBase = 64 << 20

    /// The instructions that make `target` of `base`; nil where `base` is too long to look through.
    static func from(_ base: [UInt8], to target: [UInt8]) -> [UInt8]? {
        guard base.count <= longestBase else { return nil }
        return base.withUnsafeBufferPointer { base in
            target.withUnsafeBufferPointer { target in
                var difference = Difference(base, target)
                difference.run()
                return difference.output
            }
        }
    }

    private init(_ base: UnsafeBufferPointer<UInt8>, _ target: UnsafeBufferPointer<UInt8>) {
        self.base = base
        self.target = target
        let count = max(0, base.count - Self.window + 1)
        var bits: UInt64 = 4
        while bits < 20, 1 << bits < count { bits += 1 }
        shift = 64 - bits
        first = Array(repeating: -1, count: 1 << Int(bits))
        next = Array(repeating: -1, count: count)
        // From behind, so that the first places come first: their numbers are short.
        for place in stride(from: count - 1, through: 0, by: -1) {
            let hash = hash(base, place)
            next[place] = first[hash]
            first[hash] = Int32(place)
        }
    }

    private func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        let word = UnsafeRawBufferPointer(bytes).loadUnaligned(
            fromByteOffset: place, as: UInt64.self)
        return Int((word &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    private mutating func run() {
        appendSize(base.count)
        appendSize(target.count)
        var place = 0
        while place + Self.window <= target.count {
            guard var found = longest(at: place) else {
                place += 1
                continue
            }
            // What is to be inserted may end as what stands before the piece does.
            while place > start, found.base > 0, base[found.base - 1] == target[place - 1] {
                place -= 1
                found.base -= 1
                found.count += 1
            }
            insert(upTo: place)
            copy(from: found.base, count: found.count)
            place += found.count
            start = place
        }
        insert(upTo: target.count)
    }

    /// The longest piece of the base that stands at a place of the target.
    private func longest(at place: Int) -> (base: Int, count: Int)? {
        guard !next.isEmpty else { return nil }
        var best: (base: Int, count: Int)?
        var candidate = Int(first[hash(target, place)])
        var tries = 0
        while candidate >= 0, tries < Self.mostPlaces {
            let most = min(base.count - candidate, target.count - place)
            var count = 0
            while count < most, base[candidate + count] == target[place + count] { count += 1 }
            if count >= Self.window, count > best?.count ?? 0 { best = (candidate, count) }
            candidate = Int(next[candidate])
            tries += 1
        }
        return best
    }

    /// Seven bits a byte, the lowest first.
    private mutating func appendSize(_ size: Int) {
        var size = size
        while size >= 0x80 {
            output.append(UInt8(size & 0x7f) | 0x80)
            size >>= 7
        }
        output.append(UInt8(size))
    }

    private mutating func insert(upTo end: Int) {
        while start < end {
            let count = min(0x7f, end - start)
            output.append(UInt8(count))
            output.append(contentsOf: target[start..<start + count])
            start += count
        }
    }

    /// Bits of the first byte say which bytes of the place and the length follow: those that are
    /// zero are left out.
    private mutating func copy(from place: Int, count: Int) {
        var (place, rest) = (place, count)
        while rest > 0 {
            let count = min(rest, Self.longestCopy)
            var (flags, bytes): (UInt8, [UInt8]) = (0x80, [])
            for (number, value) in [
                place & 0xff, place >> 8 & 0xff, place >> 16 & 0xff, place >> 24 & 0xff,
                count & 0xff, count >> 8,
            ].enumerated() where value > 0 {
                flags |= 1 << UInt8(number)
                bytes.append(UInt8(value))
            }
            output.append(flags)
            output += bytes
            place += count
            rest -= count
        }
    }
}
