import Basics

/// A setting outside the schema repository that is missing or wrong.
package struct ConfigurationError: RemediedError {
    /// What is wrong, and where.
    package let fault: String
    /// What to do about it; nil where the fault says it.
    package let remedy: String?
    /// What kind of fault it is.
    package let kind: Kind

    /// The kinds of fault.
    package enum Kind: Hashable, Sendable {
        /// A setting, or what stands around the program.
        case setting
        /// What was named is not there.
        case notFound
        /// What was asked for cannot be done as things are.
        case conflict
    }

    package init(_ fault: String, remedy: String? = nil, kind: Kind = .setting) {
        self.fault = fault
        self.remedy = remedy
        self.kind = kind
    }
}
