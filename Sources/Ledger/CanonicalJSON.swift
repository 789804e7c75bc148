import Diff
import Foundation

/// The JSON form of the ledger's documents: canonical, with a line break at the end.
package enum CanonicalJSON {
    /// The JSON of `value`; throws `invalid` for what JSON cannot hold, such as an infinite number.
    package static func encode(_ value: some Encodable) throws(LedgerError) -> [UInt8] {
        do {
            return try CanonicalForm.encode(value) + [UInt8(ascii: "\n")]
        } catch {
            throw LedgerError(
                .invalid, "a \(type(of: value)) cannot be written as JSON: \(reason(error))")
        }
    }

    /// The value in `bytes`; throws `damaged`, with `path` and the place within the document.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], at path: LedgerPath
    ) throws(LedgerError) -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw LedgerError(
                .damaged,
                "\(path): not a \(type) as this version of plumb writes it: \(reason(error))",
                remedy: "use the version that wrote it, or restore it from the ledger's history")
        }
    }

    /// Whether `bytes` are one JSON value.
    static func parses(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\(place(context.codingPath)): \(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context):
            "\(place(context.codingPath)): \(context.debugDescription)"
        case EncodingError.invalidValue(_, let context):
            "\(place(context.codingPath)): \(context.debugDescription)"
        default: String(describing: error)
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the document" : path.map(\.stringValue).joined(separator: ".")
    }
}
