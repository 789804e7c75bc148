import Schema

/// The marks of the deliveries that were taken last, so that none is taken twice.
struct DeliveryMemory: Sendable {
    private let limit: Int
    private var known: Set<Digest> = []
    /// The same in the order in which they came, the oldest at `next` once it is full.
    private var order: [Digest] = []
    private var next = 0

    /// - Parameter limit: of how many marks it knows; only what was proved gets in.
    init(limit: Int = 20_000) { self.limit = limit }

    /// Takes a delivery in; false where one of its marks was seen already.
    mutating func take(_ marks: [Digest]) -> Bool {
        guard !marks.contains(where: known.contains) else { return false }
        for mark in marks {
            known.insert(mark)
            if order.count < limit {
                order.append(mark)
            } else {
                known.remove(order[next])
                order[next] = mark
                next = (next + 1) % limit
            }
        }
        return true
    }
}
