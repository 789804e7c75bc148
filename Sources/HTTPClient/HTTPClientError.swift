import Basics

/// A server was not reached, or what it answered is no answer.
package struct HTTPClientError: RemediedError, Hashable {
    package let fault: String
    package let remedy: String?

    package init(_ fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
