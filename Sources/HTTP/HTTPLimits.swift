/// What one client, and all of them together, may take of the server.
package struct HTTPLimits: Sendable {
    /// The longest body of a request, in bytes.
    package var bodyBytes = 1 << 20
    /// The longest header of a request, in bytes.
    package var headerBytes = 16 << 10
    /// How many connections are open at once, event streams among them.
    package var connections = 4_096
    /// How many requests wait for an answer; further ones are told to come again.
    package var waiting = 256
    /// For how long nothing may come or go on a connection that is no stream, in seconds.
    package var idleSeconds = 20
    /// For how long a header or a body may take to arrive, in seconds, however it trickles.
    package var arrivalSeconds = 20
    /// How many requests are answered at once.
    package var threads = 4
    /// How many bytes may wait for a client of a stream that does not take them.
    package var streamBytes = 1 << 20

    package init() {}
}
