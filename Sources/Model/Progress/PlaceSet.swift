/// A set of places in a list, which is gone through in order: quick where few of many are in it.
struct PlaceSet: Hashable, Sendable {
    private static let bits = UInt64.bitWidth

    /// One bit for each place.
    private var words: [UInt64]
    private(set) var count = 0

    /// - Parameter capacity: the length of the list.
    init(capacity: Int) {
        words = Array(repeating: 0, count: (capacity + Self.bits - 1) / Self.bits)
    }

    func contains(_ place: Int) -> Bool {
        words[place / Self.bits] & (1 << UInt64(place % Self.bits)) != 0
    }

    /// Puts a place in, or takes it out.
    mutating func set(_ place: Int, to isIn: Bool) {
        guard contains(place) != isIn else { return }
        words[place / Self.bits] ^= 1 << UInt64(place % Self.bits)
        count += isIn ? 1 : -1
    }

    /// Whether none of `range` is in it.
    func isEmpty(in range: Range<Int>) -> Bool {
        var rest = range
        return next(in: &rest) == nil
    }

    /// The places of `range` that are in it, in order. Costs a look at each of them, and at each
    /// 64 of `range`.
    func places(in range: Range<Int>) -> [Int] {
        var places: [Int] = []
        var rest = range
        while let place = next(in: &rest) { places.append(place) }
        return places
    }

    /// The first place of `rest` that is in it; `rest` begins behind it afterwards.
    private func next(in rest: inout Range<Int>) -> Int? {
        while !rest.isEmpty {
            let number = rest.lowerBound / Self.bits
            let ahead = words[number] >> UInt64(rest.lowerBound % Self.bits)
            guard ahead != 0 else {
                rest = min((number + 1) * Self.bits, rest.upperBound)..<rest.upperBound
                continue
            }
            let place = rest.lowerBound + ahead.trailingZeroBitCount
            guard place < rest.upperBound else { return nil }
            rest = (place + 1)..<rest.upperBound
            return place
        }
        return nil
    }
}
