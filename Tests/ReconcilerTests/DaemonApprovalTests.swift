import Basics
import Foundation
import Model
import Schema
import Signatures
import TestSupport
import Testing
import Tokens

@testable import Reconciler

@Suite("attack: an approval through a daemon is what its key signed, by a token that is still good")
struct DaemonApprovalTests {
    private let folder: TemporaryFolder
    private let key: SigningKey
    private let now = sampleTime()
    private static let secret = "eve-0123456789abcdef01234567"
    private static let line = "eve@example.com approve \(secret)\n"

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.path + "/key"
        try SSHKeys.make(path)
        key = try SigningKey(path: path)
        try write(tokens: Self.line)
        try trust("plumbd")
    }

    private func write(tokens: String, mode: mode_t = 0o600) throws {
        chmod(try folder.write(tokens, to: "tokens"), mode)
    }

    /// Has the operator trust the daemon's key, with `prefix` before it in its line.
    private func trust(_ prefix: String, key: String = "key") throws {
        let line = try SSHKeys.publicLine("\(folder.path)/\(key)")
        chmod(try folder.write("\(prefix) \(line)\n", to: "daemons"), 0o600)
    }

    private var settings: ApprovalSettings {
        var settings = ApprovalSettings(identity: .server)
        settings.daemons = .init(
            keys: folder.path + "/daemons", tokens: folder.path + "/tokens")
        return settings
    }

    private var fingerprint: String {
        AccessToken(name: "eve@example.com", role: .approve, secret: Self.secret).fingerprint
    }

    /// A record with one approval, as a daemon makes it; `sign` may be another way to sign it.
    private func given(
        table: String = "orders", _ signer: DecisionSigner? = nil
    ) throws -> ApprovalRecord {
        var record = try sampleApproval(
            sampleStep(table: table, hazard: .irreversible), by: ["eve@example.com"])
        record.approvers[0].id = "0123456789abcdef"
        record.approvers[0].decision = .approve
        record.approvers[0].expires = "2026-11-28T10:00:00Z"
        let unsigned = record
        let signer = signer ?? .daemon(key, token: fingerprint)
        try signer.sign(&record.approvers[0]) { ApprovalStatement($0, in: unsigned) }
        return record
    }

    private func proof(
        _ record: ApprovalRecord, as settings: ApprovalSettings? = nil, at time: Timestamp? = nil
    ) -> ApprovalProof {
        let settings = settings ?? self.settings
        return ApprovalProofs(
            identity: settings.identity, signers: TrustedSigners(settings),
            daemons: TrustedDaemons(settings), repository: nil, present: [:], now: time ?? now
        ).proof(of: record.approvers[0], in: record)
    }

    private func isProved(_ record: ApprovalRecord, at time: Timestamp? = nil) -> Bool {
        guard case .taken(let name, let daemon, _) = proof(record, at: time) else { return false }
        return name == "eve@example.com" && daemon == "plumbd"
    }

    private func counts(_ record: ApprovalRecord, _ identity: ApprovalIdentity) -> Bool {
        var settings = settings
        settings.identity = identity
        let check = ApprovalCheck(
            terms: ApprovalTerms(identity: identity, minimum: 1, refusesAuthor: false),
            proofs: ApprovalProofs(
                identity: identity, signers: TrustedSigners(settings),
                daemons: TrustedDaemons(settings), repository: nil, present: [:], now: now))
        let result = check.check(
            record.approvers[0], in: record, cause: .init(kind: .git), now: now)
        return (try? result.get()) != nil
    }

    @Test("as the daemon signed it it counts, and is the token's") func genuine() throws {
        let record = try given()
        #expect(isProved(record))
        #expect(counts(record, .server))
    }

    @Test("any change voids it") func changed() throws {
        let genuine = try given()
        let changes: [(String, (inout ApprovalRecord) -> Void)] = [
            ("name", { $0.approvers[0].name = "kim@example.com" }),
            ("reason", { $0.approvers[0].reason += " " }),
            ("given", { $0.approvers[0].given = "2026-11-21T10:00:01Z" }),
            ("expires", { $0.approvers[0].expires = "2026-12-20T10:00:00Z" }),
            ("no end", { $0.approvers[0].expires = nil }),
            ("id", { $0.approvers[0].id = "1123456789abcdef" }),
            ("decision", { $0.approvers[0].decision = .deny }),
            ("digest", { $0.digest = digest("another step") }),
            ("environment", { $0.binding.environment = "staging" }),
            ("token", { $0.approvers[0].token = "0000" }),
            ("no token", { $0.approvers[0].token = nil }),
            ("no signature", { $0.approvers[0].signature = nil }),
            ("file", { $0.approvers[0].source = "approvals/x.yaml" }),
        ]
        for (what, change) in changes {
            var record = genuine
            change(&record)
            #expect(record != genuine, "\(what)")
            #expect(!isProved(record) && !counts(record, .server), "\(what)")
        }
    }

    @Test("moved into the record of another table it counts for nothing") func moved() throws {
        var other = try given(table: "log")
        #expect(isProved(other))
        other.approvers[0] = try given().approvers[0]
        #expect(!isProved(other))
    }

    @Test("a person's signature is no daemon's, and a daemon's no person's") func borrowed() throws
    {
        try write(tokens: Self.line)
        var own = try given(.person(key))
        #expect(!isProved(own))
        own.approvers[0].token = fingerprint
        #expect(!isProved(own))
        var settings = settings
        settings.identity = .signed
        settings.allowedSigners = folder.path + "/daemons"
        guard case .none = proof(try given(), as: settings) else {
            Issue.record("a daemon's word counted as a signature")
            return
        }
    }

    @Test(
        "the key of a daemon that nobody named, or that is trusted for something else, or no more")
    func strangeKeys() throws {
        let record = try given()
        try SSHKeys.make(folder.path + "/other")
        try trust("plumbd", key: "other")
        #expect(!isProved(record))
        for prefix in [
            "plumbd namespaces=\"git\"", "plumbd namespaces=\"plumb-approval\"", "*",
            "plumbd valid-before=\"20261121\"", "plumbd valid-after=\"20261121113000Z\"",
        ] {
            try trust(prefix)
            #expect(!isProved(record), "\(prefix)")
        }
        try trust("plumbd valid-before=\"20261122000000Z\"")
        #expect(isProved(record))
        #expect(!isProved(record, at: sampleTime("2026-11-22T00:00:01Z")))
    }

    @Test(
        "a token that is gone, that approves no more, or of the same name with another secret",
        arguments: [
            "", "kim@example.com approve \(secret)\n", "eve@example.com operate \(secret)\n",
            "eve@example.com approve another-0123456789abcdef01234567\n",
        ])
    func revoked(_ tokens: String) throws {
        let record = try given()
        try write(tokens: tokens)
        #expect(!isProved(record) && !counts(record, .server))
        // Beside a new secret the old one may stand until what it approved is done.
        try write(tokens: Self.line + "eve@example.com read new-0123456789abcdef01234567\n")
        #expect(isProved(record))
    }

    @Test("files that others can write or read, or that are not there, prove nothing")
    func unsafeFiles() throws {
        let record = try given()
        for name in ["daemons", "tokens"] {
            let path = "\(folder.path)/\(name)"
            chmod(path, name == "daemons" ? 0o666 : 0o640)
            #expect(!isProved(record), "\(name)")
            chmod(path, 0o600)
            #expect(isProved(record))
            let moved = path + ".away"
            rename(path, moved)
            #expect(!isProved(record), "\(name)")
            rename(moved, path)
        }
    }

    @Test("a fingerprint confirms no guess of a secret") func fingerprints() {
        #expect(fingerprint.count == 4 && !Digest(of: Self.secret).hex.contains(fingerprint))
    }
}
