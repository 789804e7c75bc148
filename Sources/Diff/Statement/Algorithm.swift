/// How a server carries out an `ALTER TABLE`, cheapest first.
package enum Algorithm: String, Codable, Hashable, Sendable, CaseIterable {
    case instant = "INSTANT"
    /// MariaDB: in place without rebuilding the clustered index.
    case nocopy = "NOCOPY"
    case inplace = "INPLACE"
    case copy = "COPY"
}

extension Algorithm: Comparable {
    package static func < (left: Algorithm, right: Algorithm) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What other sessions may do to the table meanwhile, least restrictive first.
package enum LockMode: String, Codable, Hashable, Sendable, CaseIterable {
    case none = "NONE"
    case shared = "SHARED"
    case exclusive = "EXCLUSIVE"
}

extension LockMode: Comparable {
    package static func < (left: LockMode, right: LockMode) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
