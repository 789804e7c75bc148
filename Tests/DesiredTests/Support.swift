import Schema

@testable import Desired

/// What reading `text` as plumb.yaml reports, each as one line.
func faults(_ text: String) -> [String] {
    do throws(DesiredError) {
        return try Fleet(Array(text.utf8), file: "plumb.yaml").warnings.map(\.description)
    } catch {
        return error.diagnostics.map(\.description)
    }
}

/// A small file that is right, with room for more.
func fleetText(
    namespace: String = "", environment: String = "", tail: String = "",
    shards: String = "[{name: a, host: db-0}, {name: b, host: db-1}]"
) -> String {
    """
    version: 1
    namespaces:
      commerce:
        schema: schema/commerce
        shards: \(shards)
        \(namespace)
    environments:
      production:
        namespaces: [commerce]
        connection: {user: plumb}
        \(environment)
    \(tail)
    """
}

func fleet(_ text: String) throws -> Fleet {
    try Fleet(Array(text.utf8), file: "plumb.yaml")
}
