/// What a request is answered with.
package struct HTTPResponse: Sendable {
    /// The status code, such as 200.
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    /// What follows the header.
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Nothing at first; then what the stream is given, until it ends.
        case stream(HTTPStream)
    }

    /// The stream of the body; nil where it is there as a whole.
    var stream: HTTPStream? {
        switch body {
        case .bytes: nil
        case .stream(let stream): stream
        }
    }

    package init(_ status: Int, headers: [(name: String, value: String)] = [], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer of one text.
    package init(
        _ status: Int = 200, _ text: String, type: String = "text/plain; charset=utf-8",
        headers: [(name: String, value: String)] = []
    ) {
        self.init(
            status, headers: [("Content-Type", type)] + headers, body: .bytes(Array(text.utf8)))
    }
}
