import Basics
import Store

extension Repository {
    /// The signature of the commit `id`.
    ///
    /// Throws `corrupt` where it cannot be read, and `invalid` for a commit that another program
    /// could read differently: its signer is not certain.
    package func signedCommit(_ id: ObjectID) throws(GitError) -> SignedCommit {
        // The commit's own reading distinguishes commits from other objects.
        _ = try commit(id)
        guard let object = try read(id) else {
            throw GitError(.corrupt, "commit \(id) of \(folder) is missing")
        }
        do throws(StoreError) {
            return try SignedCommit(object)
        } catch {
            throw GitError(.invalid, error.fault, remedy: error.remedy)
        }
    }
}
