import Execution
import Git
import Signatures

/// Signs the commits of a ledger with the key in a file, which is read when it is first needed.
final class LedgerSigner: Sendable {
    /// What git makes its own signatures for.
    static let namespace = "git"

    private let path: String
    private let key = Lock<SigningKey?>(nil)

    init(path: String) {
        self.path = path
    }

    /// Reads the key; throws `unsigned` where that does not work.
    func prepare() throws(LedgerError) {
        do throws(SignatureError) {
            _ = try loaded()
        } catch {
            throw LedgerError(
                .unsigned, "the ledger cannot be signed: \(error.fault)", remedy: error.remedy)
        }
    }

    /// What signs the text of a commit.
    var commitSigner: CommitSigner { sign }

    @Sendable private func sign(_ payload: [UInt8]) throws(GitError) -> String {
        do throws(SignatureError) {
            return try loaded().sign(payload, namespace: Self.namespace)
        } catch {
            throw GitError(.unsigned, error.fault, remedy: error.remedy)
        }
    }

    private func loaded() throws(SignatureError) -> SigningKey {
        if let key = key.withLock({ $0 }) { return key }
        let read = try SigningKey(path: path)
        key.withLock { $0 = read }
        return read
    }
}
