import Execution
import Signatures

/// Signs the commits of a ledger with an SSH key, which is read from its file at first use.
final class LedgerSigner: Sendable {
    /// The namespace of the SSH signatures that git makes and verifies.
    static let namespace = "git"

    private let path: String
    private let key = Lock<SigningKey?>(nil)

    init(path: String) {
        self.path = path
    }

    /// Reads the key; throws `unsigned` where it cannot be read.
    func prepare() throws(LedgerError) {
        do throws(SignatureError) {
            _ = try loaded()
        } catch {
            throw Self.failure(error)
        }
    }

    /// Signs the text of a commit.
    var commitSigner: ([UInt8]) throws(LedgerError) -> String { sign }

    private func sign(_ payload: [UInt8]) throws(LedgerError) -> String {
        do throws(SignatureError) {
            return try loaded().sign(payload, namespace: Self.namespace)
        } catch {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: SignatureError) -> LedgerError {
        LedgerError(
            .unsigned, "the ledger cannot be signed: \(error.fault)", remedy: error.remedy)
    }

    private func loaded() throws(SignatureError) -> SigningKey {
        if let key = key.withLock({ $0 }) { return key }
        let read = try SigningKey(path: path)
        key.withLock { $0 = read }
        return read
    }
}
