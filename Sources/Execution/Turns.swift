/// Items that wait under keys: hands them out in turn, as many of a key at a time as its limit
/// says.
///
/// Each call costs the same, however many keys and items there are.
struct Turns<Key: Hashable> {
    /// The items of one key.
    private struct Lane {
        let key: Key
        var items: [Int] = []
        /// The place in `items` of the next one.
        var next = 0
        /// How many are at work under this key.
        var running = 0
        /// Whether it stands in `ready`.
        var isReady = false
    }

    private let limit: (Key) -> Int
    private var lanes: [Lane] = []
    /// The lane of each item.
    private let laneOfItem: [Int]
    /// Lanes that may start an item, the one whose turn it is first, from `head` on.
    private var ready: [Int] = []
    private var head = 0

    /// - Parameters:
    ///   - keys: the key of each item.
    ///   - limit: how many of a key may be at work now; it may say another number each time.
    init(_ keys: [Key], limit: @escaping (Key) -> Int) {
        self.limit = limit
        var numbers: [Key: Int] = [:]
        var lanes: [Lane] = []
        laneOfItem = keys.enumerated().map { item, key in
            let number = numbers[key] ?? lanes.count
            if number == lanes.count {
                numbers[key] = number
                lanes.append(Lane(key: key))
            }
            lanes[number].items.append(item)
            return number
        }
        self.lanes = lanes
        for lane in lanes.indices { offer(lane) }
    }

    /// Whether an item may be started now, unless its key's limit has sunk.
    var hasTurn: Bool { head < ready.count }

    /// The lane of an item.
    func lane(of item: Int) -> Int { laneOfItem[item] }

    /// The next item, which counts as at work from now on; nil where every key with items left is
    /// at its limit.
    mutating func take() -> Int? {
        while let lane = nextReady() {
            // Its limit may have sunk; then it is offered again when one of those at work ends.
            guard hasPlace(in: lane) else { continue }
            let item = lanes[lane].items[lanes[lane].next]
            lanes[lane].next += 1
            lanes[lane].running += 1
            // Keys take turns, so that one server does not keep all the threads.
            offer(lane)
            return item
        }
        return nil
    }

    private mutating func nextReady() -> Int? {
        guard hasTurn else { return nil }
        let lane = ready[head]
        head += 1
        if head > 64, head * 2 > ready.count {
            ready.removeFirst(head)
            head = 0
        }
        lanes[lane].isReady = false
        return lane
    }

    /// Whether a lane is below its limit.
    func hasPlace(in lane: Int) -> Bool {
        lanes[lane].running < max(1, limit(lanes[lane].key))
    }

    /// Takes a further place of a lane, for help with an item of it.
    mutating func takePlace(in lane: Int) { lanes[lane].running += 1 }

    /// Gives a place of a lane back.
    mutating func leavePlace(in lane: Int) {
        lanes[lane].running -= 1
        offer(lane)
    }

    private mutating func offer(_ lane: Int) {
        guard !lanes[lane].isReady, lanes[lane].next < lanes[lane].items.count, hasPlace(in: lane)
        else { return }
        lanes[lane].isReady = true
        ready.append(lane)
    }
}
