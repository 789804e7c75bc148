/// An error that tells what failed apart from what to do about it, for texts and JSON alike.
package protocol RemediedError: Error, CustomStringConvertible {
    /// What failed, and on which object.
    var fault: String { get }
    /// What to do about it; nil where there is no one answer.
    var remedy: String? { get }
}

extension RemediedError {
    /// The fault and the remedy as one sentence.
    package var description: String { remedy.map { "\(fault); \($0)" } ?? fault }

    /// The same as ``description``.
    package var message: String { description }
}
