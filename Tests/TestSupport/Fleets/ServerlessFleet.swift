/// The `plumb.yaml` of a schema repository whose only shard is on a server that is not there.
package enum ServerlessFleet {
    /// - Parameter more: lines behind everything else, without indentation.
    package static func yaml(
        _ more: [String] = [], connection: String = "{user: nobody}"
    ) -> String {
        """
        version: 1
        namespaces:
          app:
            schema: schema/app
            shards: [{name: s0, host: "unix:/nonexistent/m.sock", database: none}]
        environments:
          production: {namespaces: [app], connection: \(connection)}
        \(more.joined(separator: "\n"))

        """
    }
}
