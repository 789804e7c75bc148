import Basics

/// Something outside the schema repository is not set up as it says.
package struct ConfigurationError: RemediedError {
    package let fault: String
    package let remedy: String?

    package init(_ fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
