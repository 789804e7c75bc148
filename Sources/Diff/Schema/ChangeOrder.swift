/// Which changes of one schema must end before others may begin.
///
/// Changes are known by their places in a list, and need only those before them: there is no
/// circle, and one after another in the order of the list is always right.
package struct ChangeOrder: Hashable, Sendable {
    /// For each change the places of those that must have ended; nil where each needs all before
    /// it.
    package let needs: [[Int]]?

    /// One after another.
    package static let sequence = ChangeOrder(needs: nil)

    private init(needs: [[Int]]?) {
        self.needs = needs
    }

    /// The order of so many changes that a record has; nil where one needs itself or a later one.
    package init?(recorded needs: [[Int]]?, count: Int) {
        if let needs {
            let isRight = needs.enumerated().allSatisfy { place, others in
                others.allSatisfy { (0..<place).contains($0) }
            }
            guard needs.count == count, isRight else { return nil }
        }
        self.needs = needs
    }

    /// The order of changes with these claims: of two that cannot be made at the same time, the
    /// later needs the earlier.
    ///
    /// What is needed by way of others may be left out: the cost grows with the claims, and not
    /// with the pairs of changes.
    package init(_ claims: [ChangeClaims]) {
        var needs: [Set<Int>] = Array(repeating: [], count: claims.count)
        /// The last that claimed a thing alone, and those that shared it since.
        var alone: [ChangeClaims.Thing: Int] = [:]
        var sharing: [ChangeClaims.Thing: [Int]] = [:]
        for (place, claim) in claims.enumerated() {
            for thing in claim.alone {
                // Those that shared it since need the last one themselves.
                needs[place].formUnion(
                    sharing.removeValue(forKey: thing) ?? alone[thing].map { [$0] } ?? [])
                alone[thing] = place
            }
            for thing in claim.shared.subtracting(claim.alone) {
                if let last = alone[thing] { needs[place].insert(last) }
                sharing[thing, default: []].append(place)
            }
        }
        self.needs = needs.map { $0.sorted() }
    }

    /// For each of `count` changes those that must have ended before it begins; one after another
    /// where this is the order of another list.
    package func needs(of count: Int) -> [[Int]] {
        guard let needs, needs.count == count else {
            return (0..<count).map { $0 == 0 ? [] : [$0 - 1] }
        }
        return needs
    }

    /// How many of `count` changes could be made at a time, at most.
    package func width(of count: Int) -> Int {
        guard let needs, needs.count == count else { return min(1, count) }
        return count
    }
}
