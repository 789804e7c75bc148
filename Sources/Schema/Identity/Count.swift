/// Prints a number with its noun in the singular or plural.
package enum Count {
    /// `1 shard`, `2 shards`.
    package static func of(_ count: some BinaryInteger, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `1 of 1 shard`, `1 of 2 shards`.
    package static func of(
        _ part: some BinaryInteger, of count: some BinaryInteger, _ noun: String
    ) -> String {
        "\(part) of \(of(count, noun))"
    }
}
