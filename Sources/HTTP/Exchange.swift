import Basics
import CMicroHTTPD
import Foundation

/// One request and its answer, from the first line of the header to the last byte that is sent.
///
/// The server's thread owns it, except while the connection is suspended: then a thread that
/// answers has it, and gives it back by resuming the connection.
final class Exchange {
    let connection: OpaquePointer
    /// Empty until the header has arrived.
    var method = ""
    var hasHeader = false
    let address: String
    let arrivedBy: Double
    var body: [UInt8] = []
    var refusal: HTTPResponse?
    var response: HTTPResponse?
    var stream: HTTPStream?
    var isAsked = false

    init(connection: OpaquePointer, address: String, arrivedBy: Double) {
        self.connection = connection
        self.address = address
        self.arrivedBy = arrivedBy
    }

    /// The request; nil where its address cannot be decoded.
    func request(connectionCount: Int) -> HTTPRequest? {
        let parts = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = PercentEncoding.path(String(parts[0])) else { return nil }
        var query: [(name: String, value: String)] = []
        for pair in parts.count < 2 ? [] : parts[1].split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true),
                let value = PercentEncoding.decode(
                    sides.count < 2 ? "" : sides[1], plusIsSpace: true)
            else { return nil }
            query.append((name, value))
        }
        return HTTPRequest(
            method: method, path: path, query: query, headers: headers(), body: body,
            connectionCount: connectionCount)
    }

    /// The declared length of the body in bytes; nil where none is declared.
    var declaredLength: Int? {
        guard
            let text = MHD_lookup_connection_value(
                connection, .HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH)
        else { return nil }
        return Int(String(cString: text)) ?? .max
    }

    private func headers() -> [String: String] {
        var headers: [String: String] = [:]
        withUnsafeMutablePointer(to: &headers) { pointer in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, name, value in
                    guard let context, let name else { return .YES }
                    let headers = context.assumingMemoryBound(to: [String: String].self)
                    headers.pointee[String(cString: name).lowercased()] =
                        value.map { String(cString: $0) } ?? ""
                    return .YES
                }, pointer)
        }
        return headers
    }
}
