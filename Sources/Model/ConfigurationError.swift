import Basics

/// A setting outside the schema repository that is missing or wrong.
package struct ConfigurationError: RemediedError {
    /// What is wrong, and where.
    package let fault: String
    /// What to do about it; nil where the fault says it.
    package let remedy: String?

    package init(_ fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
