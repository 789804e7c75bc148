/// Everything that may be asked of an environment.
package enum Endpoints {
    package static let all: [Endpoint] = []

    /// What a path of an environment is about, with the values in it; empty where it is nothing.
    ///
    /// - Parameter path: the segments behind the environment, each decoded already.
    package static func at(_ path: [String]) -> [(endpoint: Endpoint, values: [String: String])] {
        all.compactMap { endpoint in endpoint.path.match(path).map { (endpoint, $0) } }
    }
}
