import Basics

/// Why the server could not be started.
package struct HTTPError: RemediedError {
    package let fault: String
    package let remedy: String?

    package init(_ fault: String, remedy: String?) {
        self.fault = fault
        self.remedy = remedy
    }
}
