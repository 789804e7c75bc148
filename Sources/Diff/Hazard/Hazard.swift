/// How much a change can hurt.
package enum Hazard: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing is lost and nothing is copied.
    case safe
    /// Nothing is lost; the table is rebuilt or copied, or code that uses an old name fails.
    case costly
    /// Values may be cut or refused: the data decides.
    case lossy
    /// Data is gone, and no statement brings it back.
    case irreversible
}

extension Hazard: Comparable {
    private var rank: Int {
        switch self {
        case .safe: 0
        case .costly: 1
        case .lossy: 2
        case .irreversible: 3
        }
    }

    package static func < (left: Hazard, right: Hazard) -> Bool { left.rank < right.rank }
}
