/// A request that has arrived whole.
package struct HTTPRequest: Sendable {
    /// What it is called in the log and in its answer: 16 hexadecimal digits that are made here, so
    /// that no client chooses those of another.
    package let id: String
    /// `GET`, `HEAD`, `POST`, … as the client wrote it.
    package let method: String
    /// The parts of the path between its slashes, each decoded: `/a/b%2Fc` is `["a", "b/c"]`.
    package let path: [String]
    /// The parameters behind the question mark in their order, decoded; a name can come twice.
    package let query: [(name: String, value: String)]
    /// The header lines by their names in small letters; of several with one name the last.
    package let headers: [String: String]
    package let body: [UInt8]
    /// How many connections the server had open when it arrived.
    package let connectionCount: Int

    package init(
        method: String, path: [String], query: [(name: String, value: String)] = [],
        headers: [String: String] = [:], body: [UInt8] = [], connectionCount: Int = 1
    ) {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        id = String(repeating: "0", count: 16 - digits.count) + digits
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.connectionCount = connectionCount
    }
}
