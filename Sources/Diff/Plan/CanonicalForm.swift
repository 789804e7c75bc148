import Foundation
import Schema

/// The one encoding of everything that is digested or kept in the ledger.
///
/// Keys are sorted by their UTF-8 bytes, nothing is escaped that need not be, a date is a whole
/// number of seconds, and no value holds a floating-point number: equal values have equal bytes.
package enum CanonicalForm {
    /// The canonical bytes of `value`.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Int64(date.timeIntervalSince1970.rounded(.down)))
        }
        return Array(try encoder.encode(value))
    }

    /// The SHA-256 of the canonical bytes of `value`.
    package static func digest(of value: some Encodable) throws -> Digest {
        Digest(of: try encode(value))
    }
}
