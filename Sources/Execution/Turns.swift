/// Items that wait under keys: hands them out in turn, at most `perKey` of a key at a time.
///
/// Each call costs the same, however many keys and items there are.
struct Turns<Key: Hashable> {
    /// The items of one key.
    private struct Lane {
        var items: [Int] = []
        /// The place in `items` of the next one.
        var next = 0
        /// How many are at work under this key.
        var running = 0
        /// Whether it stands in `ready`.
        var isReady = false
    }

    private let perKey: Int
    private var lanes: [Lane] = []
    /// The lane of each item.
    private let laneOfItem: [Int]
    /// Lanes that may start an item, the one whose turn it is first, from `head` on.
    private var ready: [Int] = []
    private var head = 0

    /// - Parameter keys: the key of each item.
    init(_ keys: [Key], perKey: Int) {
        self.perKey = max(1, perKey)
        var numbers: [Key: Int] = [:]
        var lanes: [Lane] = []
        laneOfItem = keys.enumerated().map { item, key in
            let number = numbers[key] ?? lanes.count
            if number == lanes.count {
                numbers[key] = number
                lanes.append(Lane())
            }
            lanes[number].items.append(item)
            return number
        }
        self.lanes = lanes
        for lane in lanes.indices { offer(lane) }
    }

    /// Whether an item may be started now.
    var hasTurn: Bool { head < ready.count }

    /// The lane of an item.
    func lane(of item: Int) -> Int { laneOfItem[item] }

    /// The next item, which counts as at work from now on; nil where every key with items left is
    /// at its limit.
    mutating func take() -> Int? {
        guard hasTurn else { return nil }
        let lane = ready[head]
        head += 1
        if head > 64, head * 2 > ready.count {
            ready.removeFirst(head)
            head = 0
        }
        lanes[lane].isReady = false
        let item = lanes[lane].items[lanes[lane].next]
        lanes[lane].next += 1
        lanes[lane].running += 1
        // Keys take turns, so that one server does not keep all the threads.
        offer(lane)
        return item
    }

    /// Whether a lane is below its limit.
    func hasPlace(in lane: Int) -> Bool { lanes[lane].running < perKey }

    /// Takes a further place of a lane, for help with an item of it.
    mutating func takePlace(in lane: Int) { lanes[lane].running += 1 }

    /// Gives a place of a lane back.
    mutating func leavePlace(in lane: Int) {
        lanes[lane].running -= 1
        offer(lane)
    }

    private mutating func offer(_ lane: Int) {
        guard !lanes[lane].isReady, lanes[lane].next < lanes[lane].items.count,
            lanes[lane].running < perKey
        else { return }
        lanes[lane].isReady = true
        ready.append(lane)
    }
}
