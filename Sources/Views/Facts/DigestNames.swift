import Schema

/// Abbreviated digests that are unique within one report.
struct DigestNames {
    private let length: Int

    /// Uses the smallest number of digits, at least `shortest`, by which `digests` differ.
    init(_ digests: some Sequence<Digest>, shortest: Int = 4) {
        let all = Set(digests).map(\.hex)
        var length = shortest
        while length < 64, Set(all.map { $0.prefix(length) }).count < all.count { length += 1 }
        self.length = length
    }

    func name(_ digest: Digest?) -> String {
        digest.map { String($0.hex.prefix(length)) } ?? "absent"
    }

    /// `91ab → 5d0c`; an absent table is `absent`.
    func move(from: Digest?, to: Digest?) -> String {
        "\(name(from)) → \(name(to))"
    }
}
