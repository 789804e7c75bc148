import Basics
import Execution
import Foundation
import HTTP
import Schema
import TestSupport
import Testing
import Tokens

@testable import Console

/// Deliveries of three forges, signed with a tool of others (`openssl`) and not with this code.
enum SignedDelivery {
    static let github = "It's-a-Secret-to-Everybody"
    static let gitlab = "gitlab-0123456789abcdef012345"
    static let gitea = "gitea-0123456789abcdef0123456"
    /// The 32 bytes from 0 to 31 in Base64.
    static let signing = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    static let body = Array("Hello, World!".utf8)
    /// `printf %s 'Hello, World!' | openssl dgst -sha256 -hmac "It's-a-Secret-to-Everybody"`
    static let code = "fff9d530176ddefaf50a3004e52ad278a4ef09eee3f00efc14fc4c207384f931"
    /// The same with the key of the signing token, of `msg-1.1800000000.Hello, World!`, in Base64.
    static let standard = "v1,LokMTUVfI0VyLk4h4j6W/r4aUqhzOiVX1K3y2czHlyA="

    static func headers(_ kind: String, id: String = "id-1") -> [String: String] {
        switch kind {
        case "github": ["x-hub-signature-256": "sha256=\(code)", "x-github-delivery": id]
        case "gitlab": ["x-gitlab-token": gitlab, "x-gitlab-event-uuid": id]
        case "signed":
            [
                "webhook-id": "msg-1", "webhook-timestamp": "1800000000",
                "webhook-signature": standard,
            ]
        default: [:]
        }
    }
}

@Suite("Who says that something was pushed") struct WebhookSenderTests {
    private let now = Timestamp(secondsSince1970: 1_800_000_000)

    private func sender(_ kind: String) -> WebhookSender {
        switch kind {
        case "github":
            WebhookSender(name: "a", kind: .github, secret: SignedDelivery.github)
        case "gitlab":
            WebhookSender(name: "a", kind: .gitlab, secret: SignedDelivery.gitlab)
        default: WebhookSender(name: "a", kind: .gitlab, secret: SignedDelivery.signing)
        }
    }

    @Test(arguments: ["github", "gitlab", "signed"])
    func whatAForgeSignedIsItsOwn(_ kind: String) {
        let headers = SignedDelivery.headers(kind)
        #expect(sender(kind).marks(headers, SignedDelivery.body, at: now)?.isEmpty == false)
    }

    @Test func ofSeveralSignaturesOneIsEnough() {
        var headers = SignedDelivery.headers("signed")
        headers["webhook-signature"] = "v1,AAAA v1a,x \(SignedDelivery.standard)"
        #expect(sender("signed").marks(headers, SignedDelivery.body, at: now) != nil)
    }

    @Test func giteaSignsWithoutAPrefix() throws {
        let sender = WebhookSender(name: "a", kind: .gitea, secret: SignedDelivery.github)
        let headers = ["x-gitea-signature": SignedDelivery.code, "x-gitea-delivery": "1"]
        #expect(sender.marks(headers, SignedDelivery.body, at: now)?.count == 2)
        let prefixed = ["x-gitea-signature": "sha256=" + SignedDelivery.code]
        #expect(sender.marks(prefixed, SignedDelivery.body, at: now) == nil)
    }

    @Test(
        "attack: a delivery that is forged is nobody's", arguments: ["github", "gitlab", "signed"])
    func forgedDeliveriesAreNobodys(_ kind: String) {
        let good = SignedDelivery.headers(kind)
        let sender = sender(kind)
        #expect(sender.marks([:], SignedDelivery.body, at: now) == nil)
        for name in good.keys where !["x-github-delivery", "x-gitlab-event-uuid"].contains(name) {
            let value = good[name] ?? ""
            let wrong = [
                "", " ", value + "0", String(value.dropLast()), value.uppercased() + "x", "sha256=",
                "v1,", "null", String(repeating: "a", count: 10_000), "sha1=\(value)",
            ]
            for text in wrong {
                var headers = good
                headers[name] = text
                #expect(
                    sender.marks(headers, SignedDelivery.body, at: now) == nil, "\(name): \(text)")
            }
            var headers = good
            headers[name] = nil
            #expect(sender.marks(headers, SignedDelivery.body, at: now) == nil, "\(name)")
        }
    }

    @Test("attack: a signature does not hold for another body", arguments: ["github", "signed"])
    func theBodyIsSigned(_ kind: String) {
        let sender = sender(kind)
        for body in ["", "Hello, World", "Hello, World!!", "hello, World!"] {
            #expect(
                sender.marks(SignedDelivery.headers(kind), Array(body.utf8), at: now) == nil)
        }
    }

    @Test("attack: a signed delivery that is kept for later is of no use then")
    func oldSignaturesAreRefused() {
        let (sender, headers) = (sender("signed"), SignedDelivery.headers("signed"))
        for (seconds, isGood) in [(300, true), (-300, true), (301, false), (-301, false)] {
            let marks = sender.marks(
                headers, SignedDelivery.body, at: now.adding(seconds: Int64(seconds)))
            #expect((marks != nil) == isGood, "\(seconds)")
        }
    }

    @Test("attack: the signing token itself is no proof")
    func aSigningTokenIsNotShown() {
        let headers = ["x-gitlab-token": SignedDelivery.signing, "x-gitlab-event-uuid": "1"]
        #expect(sender("signed").marks(headers, SignedDelivery.body, at: now) == nil)
    }

    @Test func linesAreRead() throws {
        let list = try WebhookList(
            """
            # our forges
            hub github \(SignedDelivery.github)
            lab   gitlab\t\(SignedDelivery.signing)

            tea gitea \(SignedDelivery.gitea)
            """, path: "hooks")
        #expect(list.senders.map(\.name) == ["hub", "lab", "tea"])
        #expect(list.senders.map(\.kind) == [.github, .gitlab, .gitea])
        #expect(list.senders[1].signingKey == (0..<32).map { UInt8($0) })
    }

    @Test func linesMayEndAsElsewhere() throws {
        let text = "hub github \(SignedDelivery.github)\r\ntea gitea \(SignedDelivery.gitea)\r\n"
        let list = try WebhookList(text, path: "hooks")
        #expect(list.senders.map(\.secret) == [SignedDelivery.github, SignedDelivery.gitea])
    }

    @Test(arguments: [
        ("hub github", "hooks:1: a sender is a name, a kind and a secret, and here are 2 words"),
        ("\nhub svn 0123456789abcdef01234567", "hooks:2: the second word is no kind of forge"),
        ("hub github short", "hooks:1: the secret is shorter than 24 letters"),
        (
            "lab gitlab whsec_!!!!!!!!!!!!!!!!!!!!!!!!",
            "hooks:1: behind whsec_ stands no key in Base64"
        ),
        (
            "a github 0123456789abcdef01234567\nb gitea 0123456789abcdef01234567",
            "hooks:2: the secret is that of an earlier line"
        ),
        (
            "a github 0123456789abcdef01234567\na gitea x123456789abcdef01234567",
            "hooks:2: an earlier line has the same name"
        ),
    ])
    func whatIsWrongIsSaidWithoutTheSecret(_ text: String, _ fault: String) {
        let error = #expect(throws: TokenError.self) { try WebhookList(text, path: "hooks") }
        #expect(error?.fault == fault)
    }
}

@Suite("Deliveries are taken once") struct WebhookDoorTests {
    private let folder: TemporaryFolder
    private let path: String
    private let clock = Lock(0.0)
    private let told = Lock<[String]>([])

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write(
            "hub github \(SignedDelivery.github)\nlab gitlab \(SignedDelivery.gitlab)\n",
            to: "hooks")
        chmod(path, 0o600)
    }

    private func door(limit: Int = 100) throws -> WebhookDoor {
        try WebhookDoor(
            path, memory: DeliveryMemory(limit: limit),
            clock: { [clock] in clock.withLock { $0 } },
            now: { Timestamp(secondsSince1970: 1_800_000_000) },
            told: { [told] text in told.withLock { $0.append(text) } })
    }

    private func request(_ kind: String, id: String = "id-1") -> HTTPRequest {
        HTTPRequest(
            method: "POST", path: ["webhook"], headers: SignedDelivery.headers(kind, id: id),
            body: SignedDelivery.body)
    }

    @Test("attack: a delivery that comes again is refused, also under another id")
    func repeatedDeliveriesAreRefused() throws {
        let door = try door()
        let deliveries = [
            ("github", "1"), ("github", "1"), ("github", "2"), ("gitlab", "1"), ("gitlab", "1"),
            ("gitlab", "2"), ("none", "1"),
        ]
        let taken = deliveries.map { door.take(request($0.0, id: $0.1)) }
        #expect(
            taken.map(\.outcome) == [
                .accepted, .repeated, .repeated, .accepted, .repeated, .accepted, .refused,
            ])
        #expect(taken.map(\.sender) == ["hub", "hub", "hub", "lab", "lab", "lab", nil])
        #expect(door.outcomes == [.accepted: 3, .repeated: 3, .refused: 1])
    }

    @Test("attack: what is not proved pushes nothing out of memory, and it does not grow")
    func theMemoryIsBounded() throws {
        let door = try door(limit: 10)
        _ = door.take(request("github"))
        for number in 0..<100 {
            var headers = SignedDelivery.headers("github", id: "\(number)")
            headers["x-hub-signature-256"] = "sha256=" + String(repeating: "0", count: 64)
            _ = door.take(
                HTTPRequest(method: "POST", path: ["webhook"], headers: headers, body: [1]))
        }
        #expect(door.take(request("github")).outcome == .repeated)
        var memory = DeliveryMemory(limit: 3)
        let marks = (0..<10).map { Digest(of: "\($0)") }
        for mark in marks {
            let taken = [memory.take([mark]), memory.take([mark])]
            #expect(taken == [true, false])
        }
        let isKnown = marks.map { [memory] mark in
            var memory = memory
            return !memory.take([mark])
        }
        #expect(isKnown == Array(repeating: false, count: 7) + [true, true, true])
    }

    @Test func aSenderThatIsTakenOutIsRefusedWithinASecond() throws {
        let door = try door()
        try folder.write("lab gitlab \(SignedDelivery.gitlab)\n", to: "new")
        chmod(folder.path + "/new", 0o600)
        rename(folder.path + "/new", path)
        clock.withLock { $0 = 1 }
        #expect(door.take(request("github")).outcome == .refused)
        #expect(door.take(request("gitlab")).outcome == .accepted)
        chmod(path, 0o644)
        try folder.write("x", to: "hooks")
        clock.withLock { $0 = 2 }
        #expect(door.take(request("gitlab", id: "2")).outcome == .refused)
        #expect(told.withLock { $0.count } == 1)
        #expect(told.withLock { $0[0] }.hasPrefix("no webhook is accepted any more: "))
        #expect(!told.withLock { $0[0] }.contains(SignedDelivery.gitlab))
    }

    @Test("attack: secrets of webhooks that others can read are refused")
    func othersMayNotReadThem() throws {
        chmod(path, 0o640)
        let error = #expect(throws: TokenError.self) { try door() }
        #expect(error?.remedy == "chmod 600 \(path)")
    }
}
