import Model
import Signatures

/// What signs a decision.
package enum DecisionSigner: Sendable {
    /// The key of whoever decides.
    case person(SigningKey)
    /// The key of the daemon that was asked, with the fingerprint of the token that asked it.
    case daemon(SigningKey, token: String)

    /// Signs the entry.
    ///
    /// - Parameter statement: what is signed of an entry; nil where a field is missing.
    func sign(
        _ entry: inout ApprovalRecord.Approver,
        _ statement: (ApprovalRecord.Approver) -> ApprovalStatement?
    ) throws {
        let (key, namespace): (SigningKey, String)
        switch self {
        case .person(let own): (key, namespace) = (own, ApprovalStatement.namespace)
        case .daemon(let own, let token):
            (key, namespace) = (own, ApprovalStatement.daemonNamespace)
            entry.token = token
        }
        guard let statement = statement(entry) else { return }
        entry.signature = try key.sign(try statement.bytes(), namespace: namespace)
    }
}
