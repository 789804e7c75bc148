/// The `plumb.yaml` of a schema repository whose only shard is on a server that is not there.
enum ServerlessFleet {
    static func yaml(_ more: [String] = [], connection: String = "{user: nobody}") -> String {
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
