import Basics
import Foundation
import Store
import TestSupport

@testable import Git

/// A store in an empty bare repository, in a temporary folder.
struct BareSample {
    private let temporary: TemporaryFolder
    let backend: GitBackend
    var path: String { backend.place }

    static let author = Authorship(
        name: "Ada", email: "ada@example.com", time: Date(timeIntervalSince1970: 1_700_000_000))

    init() throws {
        temporary = try TemporaryFolder()
        backend = GitBackend(path: temporary.path + "/store.git")
        try backend.make(version: 1)
    }

    /// Keeps a commit with the documents of `parent` and `edits`; moves nothing.
    @discardableResult
    func commit(
        _ edits: TreeEdits, onto parent: ObjectID? = nil, by author: Authorship = author,
        message: String = "x", signer: (([UInt8]) throws -> String)? = nil
    ) throws -> ObjectID {
        let commit = try ComposedCommit(
            edits, onto: parent, by: author, message: message, reading: ObjectReader(backend),
            signer: signer)
        try backend.put(commit.objects)
        return commit.id
    }

    /// Runs git's own command on the repository.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: path)
    }
}

/// The code of the `StoreError` that `body` throws; nil when it throws nothing.
func storeCode(_ body: () throws -> Void) -> StoreError.Code? {
    do {
        try body()
    } catch {
        return (error as? StoreError)?.code
    }
    return nil
}
