import Basics

/// Why what was asked cannot be understood: which word, and what to write instead.
package struct UsageError: RemediedError, Hashable {
    package let fault: String
    package let remedy: String?

    package init(message fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
