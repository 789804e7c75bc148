/// The keys of rows that were changed and are still to be brought over, in the order of the log.
///
/// The log may tell of a change a moment before others see it. What it tells before one's own
/// commit is seen by everything that one reads after that commit, since servers make transactions
/// visible in the order of the log. So a key is ready once a mark was read behind it.
struct PendingKeys {
    private struct Entry {
        var key: [String]
        /// Where the log is to be read from again for its first change.
        var place: LogPlace
        /// How many marks had been read before its last change.
        var epoch: Int
    }

    private var entries: [Int: Entry] = [:]
    private var numbers: [[String]: Int] = [:]
    private var first = 0
    private var next = 0
    private var epoch = 0
    /// The epoch in which a key was added last.
    private var lastAdded = -1
    /// The end of the last transaction that was read whole.
    private(set) var place: LogPlace

    init(from place: LogPlace) {
        self.place = place
    }

    var count: Int { entries.count }
    /// Whether some keys would be ready after one more mark.
    var needsMark: Bool { !entries.isEmpty && lastAdded == epoch }

    var keys: Set<[String]> { Set(numbers.keys) }

    /// Everything before it was brought over.
    var done: LogPlace { entries[first]?.place ?? place }

    /// Everything before it will have been brought over once these keys are.
    func done(without keys: [[String]]) -> LogPlace {
        let keys = Set(keys)
        var number = first
        while number < next {
            if let entry = entries[number], !keys.contains(entry.key) { return entry.place }
            number += 1
        }
        return place
    }

    mutating func add(_ keys: [[String]]) {
        if !keys.isEmpty { lastAdded = epoch }
        for key in keys {
            if let number = numbers[key] {
                entries[number]?.epoch = epoch
            } else {
                numbers[key] = next
                entries[next] = Entry(key: key, place: place, epoch: epoch)
                next += 1
            }
        }
    }

    mutating func passMark() { epoch += 1 }

    mutating func pass(_ place: LogPlace) { self.place = place }

    /// Up to `limit` keys that are ready, the oldest first.
    ///
    /// - Parameter all: whether all are, since nobody writes any more.
    func ready(limit: Int, all: Bool) -> [[String]] {
        var keys: [[String]] = []
        var number = first
        while number < next, keys.count < limit {
            if let entry = entries[number], all || entry.epoch < epoch { keys.append(entry.key) }
            number += 1
        }
        return keys
    }

    /// Forgets keys that were brought over.
    mutating func remove(_ keys: [[String]]) {
        for key in keys {
            guard let number = numbers.removeValue(forKey: key) else { continue }
            entries[number] = nil
        }
        while first < next, entries[first] == nil { first += 1 }
    }
}
