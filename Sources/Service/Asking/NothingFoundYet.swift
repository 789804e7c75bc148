import Basics

/// A daemon was asked what its last pass found before one ended.
package struct NothingFoundYet: RemediedError {
    package let fault: String
    package let remedy: String? = "ask again when its first pass is over; its log says why it lasts"

    /// - Parameter why: what the last pass failed of; nil where none did.
    package init(environment: String, because why: String? = nil) {
        let reason = why.map { ": its last pass failed: \($0)" }
        fault = "the daemon has not looked at all shards of \(environment) yet" + (reason ?? "")
    }
}
