import Model
import MySQLClient
import Schema

extension Notice {
    /// The notice about connections that are protected less than by the default TLS settings; nil
    /// where none are.
    static func wire(_ tls: TLSOptions, to servers: [ServerAddress]) -> [Notice] {
        let weak = Set(servers).filter { tls.weakness(for: $0) != nil }.sorted()
        guard let first = weak.first, let weakness = tls.weakness(for: first) else { return [] }
        let others = weak.count > 1 ? " and \(Count.of(weak.count - 1, "other server"))" : ""
        return [
            Notice(
                code: "weak-tls",
                message: "\(first)\(others): \(weakness) (TLS mode "
                    + "\(tls.mode(for: first).word)): say `verify-identity`")
        ]
    }
}
