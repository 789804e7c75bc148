import CMicroHTTPD
import Foundation

/// What libmicrohttpd calls; it lives until ``stop()``, whoever else has let go of it.
final class ServerCore: @unchecked Sendable {
    let port: UInt16
    private let limits: HTTPLimits
    private let handler: HTTPServer.Handler
    private let threads: AnswerThreads
    private let watch: ArrivalWatch
    let lock = NSLock()
    var daemon: OpaquePointer?
    /// Those that showed an earlier certificate, and end with their last connection.
    var retiring: Set<OpaquePointer> = []
    var streams: [ObjectIdentifier: HTTPStream] = [:]
    var isEnding = false
    /// The servers whose threads wait behind the passes.
    var yielding: Set<OpaquePointer> = []

    init(
        _ address: ListenAddress, identity: TLSIdentity?, limits: HTTPLimits,
        handler: @escaping HTTPServer.Handler
    ) throws(HTTPError) {
        let socket = try address.socket()
        port = ListenAddress.port(of: socket)
        self.limits = limits
        self.handler = handler
        threads = AnswerThreads(count: limits.threads, limit: limits.waiting)
        watch = ArrivalWatch(seconds: limits.arrivalSeconds)
        daemon = start(socket, identity)
        guard daemon != nil else {
            close(socket)
            threads.finish()
            watch.end()
            throw HTTPError(
                "the HTTP server cannot be started on \(address)",
                remedy: identity == nil
                    ? "see what limits this process has, such as open files"
                    : "see whether the key belongs to the certificate, both in PEM")
        }
    }

    var connectionCount: Int {
        lock.lock()
        defer { lock.unlock() }
        return retiring.union(daemon.map { [$0] } ?? []).reduce(0) {
            $0 + Int(plumb_http_connections($1))
        }
    }

    func stop() {
        lock.lock()
        let (daemon, open, retiring) = (daemon, Array(streams.values), retiring)
        self.daemon = nil
        self.retiring = []
        isEnding = true
        lock.unlock()
        guard let daemon else { return }
        let socket = MHD_quiesce_daemon(daemon)
        threads.finish()
        for stream in open { stream.end() }
        watch.end()
        for old in retiring { MHD_stop_daemon(old) }
        MHD_stop_daemon(daemon)
        if socket >= 0 { close(socket) }
    }

    // MARK: What libmicrohttpd calls

    /// - Parameter socket: listens; -1 for a server that does not.
    func start(_ socket: Int32, _ identity: TLSIdentity?) -> OpaquePointer? {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let completed: MHD_RequestCompletedCallback = { context, connection, exchange, _ in
            ServerCore.of(context)?.completed(connection, exchange)
        }
        let connected: MHD_NotifyConnectionCallback = { context, connection, _, code in
            ServerCore.of(context)?.connected(
                connection, isNew: code == .CONNECTION_NOTIFY_STARTED)
        }
        let logged:
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
            ) -> UnsafeMutableRawPointer? = { context, address, connection in
                ServerCore.of(context)?.began(address, connection)
            }
        // Addresses are decoded here, part by part: a slash in a name is none between two parts.
        let verbatim:
            @convention(c) (
                UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?
            ) -> Int = { _, _, text in text.map { strlen($0) } ?? 0 }
        var options = [
            Self.option(.CONNECTION_LIMIT, limits.connections),
            Self.option(.CONNECTION_TIMEOUT, limits.idleSeconds),
            Self.option(.CONNECTION_MEMORY_LIMIT, limits.headerBytes + 16 << 10),
            Self.option(.STRICT_FOR_CLIENT, 1),
            Self.option(.SIGPIPE_HANDLED_BY_APP, 1),
            Self.option(
                .NOTIFY_COMPLETED, unsafeBitCast(completed, to: Int.self), context),
            Self.option(
                .NOTIFY_CONNECTION, unsafeBitCast(connected, to: Int.self), context),
            Self.option(
                .URI_LOG_CALLBACK, unsafeBitCast(logged, to: Int.self), context),
            Self.option(
                .UNESCAPE_CALLBACK, unsafeBitCast(verbatim, to: Int.self), nil),
        ]
        var flags = MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        if socket >= 0 {
            options.append(Self.option(.LISTEN_SOCKET, Int(socket)))
        } else {
            flags |= MHD_USE_NO_LISTEN_SOCKET.rawValue
        }
        let handler: MHD_AccessHandlerCallback = {
            context, _, _, method, _, bytes, count, exchange in
            guard let server = ServerCore.of(context), let method, let count,
                let held = exchange?.pointee
            else { return .NO }
            let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
            return server.arrived(
                exchange, String(cString: method),
                UnsafeRawBufferPointer(start: bytes, count: count.pointee), count)
        }
        guard let identity else {
            options.append(Self.option(.END, 0))
            return plumb_http_start(flags, handler, context, options)
        }
        flags |= MHD_USE_TLS.rawValue
        // GnuTLS copies both while the server starts.
        return identity.certificate.withUnsafeBytes { certificate in
            identity.key.withUnsafeBytes { key in
                "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2".withCString { versions in
                    options += [
                        Self.option(.HTTPS_MEM_CERT, 0, certificate.baseAddress),
                        Self.option(.HTTPS_MEM_KEY, 0, key.baseAddress),
                        Self.option(.HTTPS_PRIORITIES, 0, versions),
                        Self.option(.END, 0),
                    ]
                    return plumb_http_start(flags, handler, context, options)
                }
            }
        }
    }

    private static func option(
        _ option: MHD_OPTION, _ value: Int, _ pointer: UnsafeRawPointer? = nil
    ) -> MHD_OptionItem {
        MHD_OptionItem(
            option: option, value: value, ptr_value: UnsafeMutableRawPointer(mutating: pointer))
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
        context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
    }

    private func connected(_ connection: OpaquePointer?, isNew: Bool) {
        guard let connection else { return }
        // A server's own thread calls this, and nothing of it before.
        if isNew, let server = plumb_http_daemon(connection), isFirst(of: server) {
            ThreadPriority.yieldToWork()
        }
        if isNew { watch.await(connection) } else { watch.forget(connection) }
    }

    private func isFirst(of server: OpaquePointer) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        return yielding.insert(server).inserted
    }

    /// The first line of a request has arrived.
    private func began(
        _ address: UnsafePointer<CChar>?, _ connection: OpaquePointer?
    ) -> UnsafeMutableRawPointer? {
        guard let connection, let address else { return nil }
        let exchange = Exchange(
            connection: connection, address: String(cString: address),
            arrivedBy: ArrivalWatch.now + Double(limits.arrivalSeconds))
        return Unmanaged.passRetained(exchange).toOpaque()
    }

    private func arrived(
        _ exchange: Exchange, _ method: String, _ bytes: UnsafeRawBufferPointer,
        _ count: UnsafeMutablePointer<Int>
    ) -> MHD_Result {
        let connection = exchange.connection
        if !exchange.hasHeader {
            exchange.hasHeader = true
            exchange.method = method
            watch.forget(connection)
            // What is longer yet is refused by the library, which may have no room for an answer.
            if exchange.address.utf8.count > limits.headerBytes {
                return send(
                    HTTPResponse(414, "the address is longer than \(limits.headerBytes) bytes\n"),
                    exchange)
            }
            if let length = exchange.declaredLength, length > limits.bodyBytes {
                return send(Self.tooLarge(limits), exchange)
            }
            return .YES
        }
        if !bytes.isEmpty {
            count.pointee = 0
            if exchange.body.count + bytes.count > limits.bodyBytes {
                exchange.refusal = Self.tooLarge(limits)
            } else if ArrivalWatch.now > exchange.arrivedBy {
                return .NO
            } else {
                exchange.body += bytes
            }
            return .YES
        }
        if let response = exchange.response ?? exchange.refusal { return send(response, exchange) }
        guard !exchange.isAsked else { return .NO }
        exchange.isAsked = true
        guard let request = exchange.request(connectionCount: connectionCount) else {
            return send(HTTPResponse(400, "the address cannot be decoded\n"), exchange)
        }
        MHD_suspend_connection(connection)
        let work = Handover(exchange: exchange, request: request)
        let isTaken = threads.submit { [handler] in work.answer(handler) }
        if !isTaken {
            work.refuse(
                HTTPResponse(
                    503, "too many requests wait for an answer\n",
                    headers: [("Retry-After", "1")]))
        }
        return .YES
    }

    private static func tooLarge(_ limits: HTTPLimits) -> HTTPResponse {
        HTTPResponse(413, "the body is longer than \(limits.bodyBytes) bytes\n")
    }

    private func send(_ answer: HTTPResponse, _ exchange: Exchange) -> MHD_Result {
        let response: OpaquePointer?
        switch answer.body {
        case .bytes(let bytes):
            response = bytes.withUnsafeBytes {
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress),
                    .RESPMEM_MUST_COPY)
            }
        case .stream(let stream):
            exchange.stream = stream
            lock.lock()
            streams[ObjectIdentifier(stream)] = stream
            let isEnding = isEnding
            lock.unlock()
            if isEnding { stream.end() }
            response = MHD_create_response_from_callback(
                UInt64.max, 16 << 10,
                { context, _, buffer, count in
                    guard let context, let buffer else { return -2 }
                    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
                    return exchange.stream?.read(exchange.connection, into: buffer, count: count)
                        ?? -1
                }, Unmanaged.passUnretained(exchange).toOpaque(), nil)
        }
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        for (name, value) in answer.headers { MHD_add_response_header(response, name, value) }
        if isRetiring(exchange.connection) {
            MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close")
        }
        return MHD_queue_response(exchange.connection, UInt32(answer.status), response)
    }

    private func completed(
        _ connection: OpaquePointer?, _ held: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) {
        guard let exchange = held?.pointee else { return }
        held?.pointee = nil
        let ended = Unmanaged<Exchange>.fromOpaque(exchange).takeRetainedValue()
        // Of a client that went before its answer could be sent, the stream was never begun.
        if let stream = ended.stream ?? ended.response?.stream {
            lock.lock()
            streams[ObjectIdentifier(stream)] = nil
            lock.unlock()
            stream.close()
        }
        if let connection { watch.await(connection) }
    }
}

/// A request on its way to the thread that answers it, and back.
private struct Handover: @unchecked Sendable {
    let exchange: Exchange
    let request: HTTPRequest

    func answer(_ handler: HTTPServer.Handler) { refuse(handler(request)) }

    func refuse(_ response: HTTPResponse) {
        exchange.response = response
        MHD_resume_connection(exchange.connection)
    }
}
