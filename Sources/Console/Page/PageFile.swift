import HTTP
import Schema

/// A file of the console's page, as a browser gets it.
struct PageFile: Sendable {
    let bytes: [UInt8]
    private let kind: Kind
    /// Another one for other bytes, so that browsers ask for them once.
    private let tag: String

    /// What a file is.
    enum Kind: String, Sendable {
        case page = "text/html"
        case style = "text/css"
        case script = "text/javascript"
        case picture = "image/svg+xml"
    }

    init(_ bytes: [UInt8], _ kind: Kind) {
        self.bytes = bytes
        self.kind = kind
        tag = "\"\(Digest(of: bytes).hex.prefix(32))\""
    }

    /// The file, or that it is the one that the browser has.
    ///
    /// - Parameter known: the tags that the browser has, as `If-None-Match` names them.
    func response(ifNot known: String?) -> HTTPResponse {
        let isKnown = known?.split(separator: ",").contains {
            // A proxy that compresses calls it a weak one.
            $0.trimmingPrefix { $0 == " " }.trimmingPrefix("W/").prefix { $0 != " " } == tag
        }
        return HTTPResponse(
            isKnown == true ? 304 : 200,
            headers: [
                ("Content-Type", "\(kind.rawValue); charset=utf-8"), ("ETag", tag),
                // Asked for each time, so that a daemon of a new release has its own page.
                ("Cache-Control", "no-cache"), ("Content-Security-Policy", Self.policy),
                ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ], body: .bytes(isKnown == true ? [] : bytes))
    }

    /// The page runs its own files alone, and speaks to this daemon alone, whatever it shows.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'"
}
