import Schema

/// Procedures that a finalizer may call, and the servers on which it may.
package struct CallConsent: Hashable, Sendable {
    package let hosts: [HostPattern]
    /// As `database.procedure`.
    package let procedures: [String]

    package func allows(_ call: ProcedureCall, on server: ServerAddress) -> Bool {
        procedures.contains(call.name) && hosts.contains { $0.matches(server) }
    }
}
