import Schema

/// One problem: what is wrong, where, and what to do about it.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// What failed, on which object.
    package let fault: String
    /// The code of the fault, where it has one.
    package let code: String?
    /// What to do about it; nil where there is no single answer.
    package let remedy: String?
    /// The place of the fault; nil where it is in no file.
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

    /// What failed, with its code.
    package var text: String { code.map { "\(fault) [\($0)]" } ?? fault }

    package var description: String {
        let place = location.map { "\($0): " } ?? ""
        return place + text + (remedy.map { "; \($0)" } ?? "")
    }
}
