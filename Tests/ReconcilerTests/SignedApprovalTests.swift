import Basics
import Execution
import Foundation
import Model
import Schema
import Signatures
import TestSupport
import Testing

@testable import Reconciler

@Suite("attack: no word of a signed approval can be changed, moved or borrowed")
struct SignedApprovalTests {
    private let folder: TemporaryFolder
    private let key: SigningKey
    private let now = sampleTime()

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.path + "/key"
        try SSHKeys.make(path)
        key = try SigningKey(path: path)
    }

    /// Allowed signers of one line, with the key behind `prefix`.
    private func signers(_ prefix: String) throws -> TrustedSigners {
        let line = try SSHKeys.publicLine(folder.path + "/key") + "\n"
        let path = try folder.write("\(prefix) \(line)", to: "allowed")
        chmod(path, 0o600)
        return TrustedSigners(ApprovalSettings(identity: .signed, allowedSigners: path))
    }

    private func signed(
        namespace: String = ApprovalStatement.namespace
    ) throws -> ApprovalRecord {
        var record = try sampleApproval(sampleStep(hazard: .irreversible), by: ["eve"])
        record.approvers[0].id = "0123456789abcdef"
        record.approvers[0].decision = .approve
        record.approvers[0].expires = "2026-11-28T10:00:00Z"
        let statement = try #require(ApprovalStatement(record.approvers[0], in: record))
        record.approvers[0].signature = try key.sign(
            try statement.bytes(), namespace: namespace)
        return record
    }

    private func isProved(
        _ record: ApprovalRecord, _ prefix: String = "eve@example.com", at time: Timestamp? = nil
    ) throws -> Bool {
        let proof = try signers(prefix)
            .signer(
                ofRecorded: record.approvers[0], in: record, ApprovalStatement.namespace,
                at: time ?? now)
        guard case .signed(let names, _) = proof else { return false }
        return names == ["eve@example.com"]
    }

    @Test("as it was signed it verifies, by the key's owner and not by the name that was typed")
    func genuine() throws {
        #expect(try isProved(try signed()))
    }

    @Test("any change voids it")
    func changed() throws {
        let genuine = try signed()
        let changes: [(String, (inout ApprovalRecord) throws -> Void)] = [
            ("name", { $0.approvers[0].name = "kim" }),
            ("reason", { $0.approvers[0].reason += " " }),
            ("given", { $0.approvers[0].given = "2026-11-21T10:00:01Z" }),
            ("expires", { $0.approvers[0].expires = "2026-12-20T10:00:00Z" }),
            ("no end", { $0.approvers[0].expires = nil }),
            ("id", { $0.approvers[0].id = "1123456789abcdef" }),
            ("no id", { $0.approvers[0].id = nil }),
            ("decision", { $0.approvers[0].decision = .deny }),
            ("digest", { $0.digest = digest("another step") }),
            ("environment", { $0.binding.environment = "staging" }),
            ("no signature", { $0.approvers[0].signature = nil }),
            ("empty signature", { $0.approvers[0].signature = " " }),
        ]
        for (what, change) in changes {
            var record = genuine
            try change(&record)
            #expect(record != genuine, "\(what)")
            #expect(try !isProved(record), "\(what)")
        }
    }

    @Test("a signature that was made for something else is none", arguments: ["git", "file"])
    func borrowed(_ namespace: String) throws {
        #expect(try !isProved(try signed(namespace: namespace)))
    }

    @Test(
        "keys that are not allowed for it, not yet, no more, or for nobody in particular",
        arguments: [
            "eve@example.com namespaces=\"git\"", "*@example.com",
            "eve@example.com valid-before=\"20261121\"", "eve@example.com cert-authority",
            "eve@example.com valid-after=\"20261121113000Z\"",
        ])
    func notAllowed(_ prefix: String) throws {
        #expect(try !isProved(try signed(), prefix))
    }

    @Test("a key whose time is over since counts no more")
    func overSince() throws {
        let prefix = "eve@example.com valid-before=\"20261122000000Z\""
        #expect(try isProved(try signed(), prefix))
        #expect(try !isProved(try signed(), prefix, at: sampleTime("2026-11-22T00:00:01Z")))
    }

    @Test("allowed signers that others can write, or that are not there, allow nobody")
    func unsafeFile() throws {
        let record = try signed()
        _ = try signers("eve@example.com")
        let path = folder.path + "/allowed"
        chmod(path, 0o666)
        for place in [path, folder.path + "/missing"] {
            let proof = TrustedSigners(
                ApprovalSettings(identity: .signed, allowedSigners: place)
            ).signer(
                ofRecorded: record.approvers[0], in: record, ApprovalStatement.namespace, at: now)
            guard case .none = proof else {
                Issue.record("\(place) was believed")
                continue
            }
        }
    }
}
