import Foundation
import Service

/// The body of a request: one JSON object.
enum RequestBody {
    /// Its members, each as the texts that it stands for.
    ///
    /// Throws where it is none, or a member is neither a text, a number, a flag nor a list of
    /// texts.
    static func members(_ bytes: [UInt8]) throws -> [String: [String]] {
        let decoded: [String: Member]
        do {
            decoded = try JSONDecoder().decode([String: Member].self, from: Data(bytes))
        } catch {
            throw UsageError(
                message: "the body is no JSON object of texts, numbers, flags and lists of texts",
                remedy: #"send one like {"reason": "…"}"#)
        }
        return decoded.compactMapValues(\.texts)
    }

    private struct Member: Decodable {
        /// Nil for null, which is as good as absent.
        let texts: [String]?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                texts = nil
            } else if let flag = try? value.decode(Bool.self) {
                texts = [flag ? "true" : "false"]
            } else if let number = try? value.decode(Int.self) {
                texts = [String(number)]
            } else if let text = try? value.decode(String.self) {
                texts = [text]
            } else {
                texts = try value.decode([String].self)
            }
        }
    }
}
