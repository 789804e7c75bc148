import Execution
import HTTP
import Schema

/// An answer as it goes to everybody who asks for it: its bytes, what they are called, and the same
/// in gzip once somebody takes that.
final class RenderedAnswer: Sendable {
    private let response: HTTPResponse
    private let bytes: [UInt8]
    /// The same for the same bytes; weak, as both encodings have it.
    private let tag: String
    private let compressed = Lock<Compressed>(.notYet)

    private enum Compressed {
        case notYet
        case known([UInt8]?)
    }

    /// Answers that are shorter go as they are.
    private static let leastBytes = 4 << 10

    /// - Parameter response: with its whole body.
    init(_ response: HTTPResponse) {
        self.response = response
        switch response.body {
        case .bytes(let all): bytes = all
        case .stream: bytes = []
        }
        tag = "W/\"\(Digest(of: bytes).hex.prefix(32))\""
    }

    var byteCount: Int { bytes.count }

    /// The response to one request: in gzip where that is taken, and without a body where the
    /// client has it already.
    func response(to request: HTTPRequest) -> HTTPResponse {
        var answer = response
        answer.headers += [("ETag", tag), ("Vary", "Accept, Accept-Encoding")]
        if isKnown(request.headers["if-none-match"]) {
            answer.status = 304
            answer.body = .bytes([])
        } else if bytes.count >= Self.leastBytes,
            Gzip.isAccepted(request.headers["accept-encoding"]), let short = inGzip
        {
            answer.headers.append(("Content-Encoding", "gzip"))
            answer.body = .bytes(short)
        }
        return answer
    }

    private func isKnown(_ header: String?) -> Bool {
        header?.split(separator: ",").contains {
            $0.trimmingPrefix { $0 == " " }.prefix { $0 != " " } == tag
        } == true
    }

    private var inGzip: [UInt8]? {
        compressed.withLock { known in
            if case .known(let bytes) = known { return bytes }
            let made = Gzip.compressed(bytes)
            known = .known(made)
            return made
        }
    }
}
