/// An HTTP server on libmicrohttpd: one thread for all connections, a few that answer.
///
/// While an answer is made the connection is suspended, so that neither slow answers nor a
/// thousand event streams keep others waiting, and none of them costs a thread. It ends with the
/// last reference to it, which none of its threads has: one that ended itself would wait for ever.
package final class HTTPServer: Sendable {
    /// Answers a request; called on one of several threads, and must not keep the server.
    package typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    private let core: ServerCore

    /// The port that it listens on.
    package var port: UInt16 { core.port }

    /// How many connections are open.
    package var connectionCount: Int { core.connectionCount }

    /// Listens, and answers from then on until ``stop()``.
    ///
    /// Throws where the address is taken, or the certificate is of no use.
    package init(
        _ address: ListenAddress, identity: TLSIdentity? = nil, limits: HTTPLimits = HTTPLimits(),
        handler: @escaping Handler
    ) throws(HTTPError) {
        core = try ServerCore(address, identity: identity, limits: limits, handler: handler)
    }

    /// Shows another certificate to whoever connects from now on. Streams end, and their clients
    /// come again; what was asked is answered first.
    ///
    /// Throws where the key does not belong to the certificate, and goes on with the one before.
    package func renew(_ identity: TLSIdentity) throws(HTTPError) { try core.renew(identity) }

    /// Takes no further request, lets those that arrived be answered, and ends all streams.
    package func stop() { core.stop() }

    deinit { core.stop() }
}
