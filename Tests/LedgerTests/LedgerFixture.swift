import Basics
import Foundation
import Git
import TestSupport
import Testing

@testable import Ledger

/// A ledger in a temporary folder of its own.
struct LedgerFixture {
    private let temporary: TemporaryFolder
    let ledger: Ledger
    var path: String { ledger.path }
    var folder: String { temporary.path }

    static let ada = LedgerActor(name: "Ada Lovelace", email: "ada@example.com")
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    init(lockWaitSeconds: Double = 10) throws {
        temporary = try TemporaryFolder()
        ledger = try Ledger.open(
            path: temporary.path + "/state/ledger.git", lockWaitSeconds: lockWaitSeconds)
        try ledger.make()
    }

    /// Another handle, as another process would have.
    func reopened(lockWaitSeconds: Double = 10) throws -> Ledger {
        try Ledger.open(path: path, lockWaitSeconds: lockWaitSeconds)
    }

    /// Records one document in one transition.
    @discardableResult
    func record(
        _ document: LedgerPath, _ text: String, in environment: String = "production",
        event: LedgerEvent = LedgerEvent("noted", subject: "Note it")
    ) throws -> ObjectID {
        let commit = try ledger.transact(
            environment, actor: Self.ada, event: event, time: Self.start
        ) { draft in
            try draft.set(document, Array(text.utf8))
            return .commit
        }
        return try #require(commit)
    }

    /// The document as text; nil when there is none.
    func text(_ document: LedgerPath, in environment: String = "production") throws -> String? {
        try ledger.snapshot(environment)?.read(document)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Runs git's own command on the ledger.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try GitCommand.run(arguments, in: path)
    }

    /// The file of an object, which gets one of its own.
    func looseFile(_ id: String) -> String {
        try? GitCommand.unpackObjects(of: path)
        return "\(path)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    }

    func overwrite(_ file: String, _ bytes: Data) throws {
        try FileManager.default.removeItem(atPath: file)
        try bytes.write(to: URL(fileURLWithPath: file))
    }
}

/// The `LedgerError` that `body` throws; nil when it throws nothing.
func ledgerError(
    at location: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> LedgerError? {
    caught(at: location, body)
}
