import Basics

/// Why a file of tokens, or of other secrets, is of no use.
package struct TokenError: RemediedError {
    package let fault: String
    package let remedy: String?

    package init(_ fault: String, remedy: String?) {
        self.fault = fault
        self.remedy = remedy
    }
}
