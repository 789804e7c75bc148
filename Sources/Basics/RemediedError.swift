/// An error that keeps apart what failed and what to do about it, for text and documents alike.
package protocol RemediedError: Error, CustomStringConvertible {
    /// What failed, on which object.
    var fault: String { get }
    /// What to do about it; nil where no one answer fits.
    var remedy: String? { get }
}

extension RemediedError {
    /// Both, as one sentence.
    package var description: String { remedy.map { "\(fault); \($0)" } ?? fault }

    package var message: String { description }
}
