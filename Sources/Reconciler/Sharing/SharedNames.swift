import Foundation
import Schema
import Store

/// A process that works on an environment, as others see it.
package struct WorkerName: Hashable, Sendable, CustomStringConvertible {
    /// Unlike that of every other process: machine, process and a number, as `db-ops-1/4711/9f3c`.
    package let text: String

    /// The name of this process, another one for each call.
    package static func own() -> WorkerName {
        let number = String(UInt32.random(in: 1 << 28...UInt32.max), radix: 16)
        return WorkerName(
            text: "\(ProcessInfo.processInfo.hostName)/\(getpid())/\(number)")
    }

    package var description: String { text }
}

/// How the leases of those who share the work on an environment are called.
enum SharedNames {
    /// That there is a worker, for as long as it lives.
    static func presence(_ environment: String, _ worker: WorkerName) -> String {
        workers(environment) + worker.text
    }

    static func workers(_ environment: String) -> String { "worker/\(environment)/" }

    /// The right to change the shards of a server.
    static func claim(_ environment: String, _ server: ServerAddress) -> String {
        claims(environment) + server.description
    }

    static func claims(_ environment: String) -> String { "claim/\(environment)/" }

    /// The right to say what is on a server that the process which plans cannot reach.
    static func sight(_ environment: String, _ server: String) -> String {
        sights(environment) + server
    }

    static func sights(_ environment: String) -> String { "sight/\(environment)/" }

    /// How those that read for others begin the words by which they are there.
    static let readers = "worker "
}
