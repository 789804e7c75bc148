import Schema

/// One thing that is wrong: what, where, and what to do about it.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// What failed, on which object.
    package let fault: String
    /// The kind of fault, where it has a name.
    package let code: String?
    /// What to do about it; nil where no one answer fits.
    package let remedy: String?
    package let location: SourceLocation?

    package init(
        _ fault: String, code: String? = nil, remedy: String? = nil,
        location: SourceLocation? = nil
    ) {
        self.fault = fault
        self.code = code
        self.remedy = remedy
        self.location = location
    }

    /// What failed, and the name of its kind.
    package var text: String { code.map { "\(fault) [\($0)]" } ?? fault }

    package var description: String {
        let place = location.map { "\($0): " } ?? ""
        return place + text + (remedy.map { "; \($0)" } ?? "")
    }
}
