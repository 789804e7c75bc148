import CCurl

/// Asks one server over HTTP, one question after the other.
///
/// TLS is verified, redirects are not followed, and an answer has a time and a size. The token is
/// only sent where nobody on the way can read it.
package final class HTTPClient {
    /// How a server is asked.
    package struct Settings: Sendable {
        package var server: ServerURL
        /// How errors call the server, where its address must not be told; nil for its address.
        package var name: String?
        /// What shows who asks; nil for nothing.
        package var token: String?
        /// The authorities that may vouch for the server, instead of the system's.
        package var authorityFile: String?
        package var connectSeconds = 10
        package var answerSeconds = 120
        /// The longest answer, in bytes.
        package var mostBytes = 64 << 20

        package init(server: ServerURL, token: String? = nil, authorityFile: String? = nil) {
            self.server = server
            self.token = token
            self.authorityFile = authorityFile
        }
    }

    /// A question.
    package struct Request: Sendable {
        /// Below the server's address, with its query: `/api/v1/…?width=100`.
        package var path: String
        /// What it wants: a media type.
        package var accept: String
        /// The JSON that is posted; nil for a GET.
        package var body: String?
        /// Further lines of the header, each as `Name: value`.
        package var headers: [String] = []

        package init(_ path: String, accept: String, body: String? = nil) {
            self.path = path
            self.accept = accept
            self.body = body
        }
    }

    /// An answer, whatever its status.
    package struct Response: Sendable {
        package let status: Int
        /// By their names in small letters.
        package let headers: [String: String]
        package let body: String
    }

    private let handle: OpaquePointer
    private let settings: Settings

    /// Throws where the token would be sent in clear, or is none.
    package init(_ settings: Settings) throws(HTTPClientError) {
        guard settings.token == nil || settings.server.isPrivate else {
            throw HTTPClientError(
                "\(settings.server): a token is not sent in clear to another machine",
                remedy: "use https, or reach the daemon through a tunnel at 127.0.0.1")
        }
        let isPrintable = settings.token?.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPrintable != false else {
            throw HTTPClientError(
                "the token has characters that no token has",
                remedy: "give the token alone, on one line")
        }
        guard Self.isReady, let handle = curl_easy_init() else {
            throw HTTPClientError("libcurl cannot be used")
        }
        self.handle = OpaquePointer(handle)
        self.settings = settings
    }

    deinit { curl_easy_cleanup(UnsafeMutableRawPointer(handle)) }

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Sends a question and waits for its answer.
    package func send(_ request: Request) throws(HTTPClientError) -> Response {
        let curl = UnsafeMutableRawPointer(handle)
        curl_easy_reset(curl)
        let answer = Incoming(mostBytes: settings.mostBytes)
        var fields: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(fields) }
        for line in headers(of: request) { fields = curl_slist_append(fields, line) }
        var problem = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let result = problem.withUnsafeMutableBufferPointer { problem in
            let context = Unmanaged.passUnretained(answer).toOpaque()
            let code = prepare(curl, request, fields, problem.baseAddress, context)
            return code == CURLE_OK ? curl_easy_perform(curl) : code
        }
        // The text of libcurl is not longer than the buffer, which ends with a zero.
        let detail = String(
            decoding: problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        withExtendedLifetime(answer) {}
        guard result == CURLE_OK else { throw failure(result, detail, answer) }
        var status = 0
        plumb_curl_status(curl, &status)
        guard let body = String(validating: answer.body, as: UTF8.self) else {
            throw HTTPClientError("\(called) answers with what is no text")
        }
        return Response(status: status, headers: answer.headers, body: body)
    }

    private var called: String { settings.name ?? settings.server.description }

    private func headers(of request: Request) -> [String] {
        var lines = ["Accept: \(request.accept)"] + request.headers
        if let token = settings.token { lines.append("Authorization: Bearer \(token)") }
        // Without the last one libcurl waits a second for a leave to send larger bodies.
        if request.body != nil { lines += ["Content-Type: application/json", "Expect:"] }
        return lines
    }

    private func prepare(
        _ curl: UnsafeMutableRawPointer, _ request: Request,
        _ fields: UnsafeMutablePointer<curl_slist>?, _ problem: UnsafeMutablePointer<CChar>?,
        _ answer: UnsafeMutableRawPointer
    ) -> CURLcode {
        var steps: [() -> CURLcode] = []
        func number(_ option: CURLoption, _ value: Int) {
            steps.append { plumb_curl_set_number(curl, option, value) }
        }
        func text(_ option: CURLoption, _ value: String?) {
            steps.append { plumb_curl_set_text(curl, option, value) }
        }
        func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
            steps.append { plumb_curl_set_pointer(curl, option, value) }
        }
        number(CURLOPT_NOSIGNAL, 1)
        pointer(CURLOPT_ERRORBUFFER, problem)
        text(CURLOPT_URL, settings.server.description + request.path)
        text(CURLOPT_PROTOCOLS_STR, settings.server.isEncrypted ? "https" : "http")
        number(CURLOPT_FOLLOWLOCATION, 0)
        number(CURLOPT_SSL_VERIFYPEER, 1)
        number(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = settings.authorityFile { text(CURLOPT_CAINFO, file) }
        // What is not encrypted stays on this machine, whatever `http_proxy` says.
        if !settings.server.isEncrypted { text(CURLOPT_PROXY, "") }
        number(CURLOPT_CONNECTTIMEOUT, settings.connectSeconds)
        number(CURLOPT_TIMEOUT, settings.answerSeconds)
        text(CURLOPT_ACCEPT_ENCODING, nil)
        text(CURLOPT_USERAGENT, "plumb")
        pointer(CURLOPT_HTTPHEADER, fields)
        if let body = request.body {
            number(CURLOPT_POSTFIELDSIZE, body.utf8.count)
            text(CURLOPT_COPYPOSTFIELDS, body)
        }
        steps.append { plumb_curl_set_receiver(curl, CURLOPT_WRITEFUNCTION, receiveBody) }
        pointer(CURLOPT_WRITEDATA, answer)
        steps.append { plumb_curl_set_receiver(curl, CURLOPT_HEADERFUNCTION, receiveHeader) }
        pointer(CURLOPT_HEADERDATA, answer)
        for step in steps {
            let code = step()
            guard code == CURLE_OK else { return code }
        }
        return CURLE_OK
    }

    private func failure(
        _ code: CURLcode, _ detail: String, _ answer: Incoming
    ) -> HTTPClientError {
        if let name = settings.name {
            // What libcurl says of this case names the host.
            let words =
                answer.isTooLong
                ? "it answers with too much" : String(cString: curl_easy_strerror(code))
            return HTTPClientError("\(name): \(words)")
        }
        let server = settings.server
        let words = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        if answer.isTooLong {
            return HTTPClientError(
                "\(server) answers with more than \(settings.mostBytes) bytes",
                remedy: "ask for less: a page of it, one namespace")
        }
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION:
            return HTTPClientError(
                "\(server) does not prove who it is: \(words)",
                remedy: "name the authority that vouches for it in PLUMB_SERVER_CA_FILE")
        case CURLE_SSL_CACERT_BADFILE:
            return HTTPClientError(
                "PLUMB_SERVER_CA_FILE cannot be read: \(words)",
                remedy: "name a file of certificates in PEM")
        case CURLE_OPERATION_TIMEDOUT:
            return HTTPClientError(
                "\(server) does not answer in time: \(words)",
                remedy: "see whether the daemon is well: \(server)/livez")
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST:
            return HTTPClientError(
                "\(server) is not reached: \(words)",
                remedy: "see that the daemon runs with --listen, and the address")
        default: return HTTPClientError("\(server): \(words)")
        }
    }
}

/// What arrives of an answer.
private final class Incoming {
    private let mostBytes: Int
    private(set) var body: [UInt8] = []
    private(set) var headers: [String: String] = [:]
    private(set) var isTooLong = false
    private var headerBytes = 0

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// Whether there is room for it.
    func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= mostBytes else {
            isTooLong = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// Whether there is room for it.
    func take(header bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= 65_536 else {
            isTooLong = true
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        guard let colon = line.firstIndex(of: ":") else { return true }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
            .prefix { !$0.isNewline }
        headers[line[..<colon].lowercased()] = String(value)
        return true
    }
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    receive(bytes, size * count, context) { $0.take(body: $1) }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    receive(bytes, size * count, context) { $0.take(header: $1) }
}

/// How many bytes were taken; fewer than there are ends the transfer.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ body: (Incoming, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let context else { return 0 }
    let incoming = Unmanaged<Incoming>.fromOpaque(context).takeUnretainedValue()
    return body(incoming, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}
