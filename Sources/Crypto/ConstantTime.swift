import CCrypto

/// Comparisons that take as long wherever the two sides differ.
package enum ConstantTime {
    /// Whether both have the same bytes; the time tells only their lengths.
    package static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        first.count == second.count && CRYPTO_memcmp(first, second, first.count) == 0
    }
}
