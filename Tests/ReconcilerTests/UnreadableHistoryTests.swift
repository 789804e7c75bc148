import Basics
import Desired
import Foundation
import Git
import Ledger
import TestSupport
import Testing

@testable import Reconciler

@Suite("attack: a history that cannot be read makes nobody another's reviewer")
struct UnreadableHistoryTests {
    private let folder: TemporaryFolder
    private let tip: ObjectID

    /// A repository in which one commit brought two files.
    init() throws {
        folder = try TemporaryFolder()
        try folder.write("CREATE TABLE t (id int);", to: "repo/t.sql")
        try folder.write("CREATE TABLE u (id int);", to: "repo/notes.txt")
        for words in [
            ["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-q", "-m", "x"],
        ] {
            try Self.git(words, folder)
        }
        let hex = try Self.git(["rev-parse", "HEAD"], folder)
        tip = try #require(ObjectID(hex: hex.trimmingCharacters(in: .newlines)))
    }

    @discardableResult
    private static func git(_ words: [String], _ folder: TemporaryFolder) throws -> String {
        try Shell.check(
            "git",
            ["-C", folder.path + "/repo", "-c", "user.name=A", "-c", "user.email=a@e.com"] + words)
    }

    private func open() throws -> Repository { try Repository(opening: folder.path + "/repo") }

    private func remove(_ object: String) throws {
        let hex = try Self.git(["rev-parse", object], folder).trimmingCharacters(in: .newlines)
        try FileManager.default.removeItem(
            atPath: folder.path + "/repo/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
    }

    @Test("a version of a file that is gone", arguments: ["t.sql", "notes.txt"])
    func goneFile(_ path: String) throws {
        func index() throws -> AuthorIndex {
            let repository = try open()
            return try AuthorIndex(
                repository.commits(of: tip, without: nil),
                library: DefinitionLibrary(repository: repository))
        }
        _ = try index()
        try remove("HEAD:\(path)")
        let error = #expect(throws: GitError.self) { _ = try index() }
        #expect(error?.fault.contains(path) == true)
    }

    @Test("a signature that nobody can look at is not the same as none")
    func unknownSigner() throws {
        let path = try folder.write("", to: "allowed")
        chmod(path, 0o600)
        let settings = ApprovalSettings(identity: .signed, allowedSigners: path)
        guard case .none = try TrustedSigners(settings).author(ofCommit: tip, in: open()) else {
            Issue.record("an unsigned commit has a signer")
            return
        }
        for place in [folder.path + "/missing", nil] {
            let signers = TrustedSigners(
                ApprovalSettings(identity: .signed, allowedSigners: place))
            #expect(throws: (any Error).self) {
                _ = try signers.author(ofCommit: tip, in: open())
            }
        }
        try remove("HEAD")
        #expect(throws: GitError.self) {
            _ = try TrustedSigners(settings).author(ofCommit: tip, in: open())
        }
    }

    @Test("a repository that cannot be opened may hold the ledger, or the operator's file")
    func unknownRepository() throws {
        let repository = folder.path + "/repo"
        let request = PassRequest(
            source: SourceRequest(location: .workingTree(folder: repository + "/schema")),
            scope: .init(environment: nil, namespaces: nil, shards: []),
            folder: folder.path + "/elsewhere", actor: LedgerActor(name: "A", email: "a@e.com"),
            operator: try Operator(
                Array(
                    """
                    version: 1
                    hosts: ["db-*"]
                    environments: {production: [{connection: {user: plumb}}]}
                    approvals: {identity: declared}
                    """.utf8), file: folder.path + "/operator.yaml"))
        let place = CommittedPlace(path: repository + "/ledger.git", what: "ledger")
        try FileManager.default.createDirectory(
            atPath: repository + "/schema", withIntermediateDirectories: true)
        try place.check(around: [repository])
        try TrustedSource.checkOperator(request)
        try Self.git(["config", "core.repositoryformatversion", "99"], folder)
        #expect(throws: GitError.self) { try place.check(around: [repository]) }
        #expect(throws: GitError.self) { try TrustedSource.checkOperator(request) }
    }
}
