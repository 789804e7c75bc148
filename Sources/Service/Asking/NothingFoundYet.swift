import Basics

/// A daemon was asked what its last pass found before one ended.
package struct NothingFoundYet: RemediedError {
    package let fault: String
    package let remedy: String? = "ask again when its first pass is over; its log says why it lasts"

    package init(environment: String) {
        fault = "the daemon has not looked at all shards of \(environment) yet"
    }
}
