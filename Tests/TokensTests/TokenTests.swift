import Foundation
import Schema
import TestSupport
import Testing

@testable import Tokens

@Suite struct TokenListTests {
    private let secret = "0123456789abcdef01234567"

    @Test func linesAreRead() throws {
        let list = try TokenList(
            """
            # who may ask
            ada@example.com   approve\t\(secret)

            prometheus read sha256:\(Digest(of: "another").hex)
            """, path: "tokens")
        #expect(list.tokens.map(\.name) == ["ada@example.com", "prometheus"])
        #expect(list.tokens.map(\.role) == [.approve, .read])
        #expect(
            list.tokens[0] == AccessToken(name: "ada@example.com", role: .approve, secret: secret))
        #expect(list.tokens[1] == AccessToken(name: "prometheus", role: .read, secret: "another"))
    }

    @Test("a file of another system's line ends has the same tokens, and no others")
    func lineEndsOfOtherSystems() throws {
        let text = "# who\nada approve \(secret)\n\nbob read \(secret)2\n"
        for end in ["\r\n", "\r"] {
            let list = try TokenList(
                text.replacingOccurrences(of: "\n", with: end), path: "tokens")
            #expect(list.tokens == (try TokenList(text, path: "tokens")).tokens)
            #expect(list.tokens.map(\.name) == ["ada", "bob"])
        }
        let error = #expect(throws: TokenError.self) {
            try TokenList("\r\n# who\r\nada approve\r\n", path: "tokens")
        }
        #expect(error?.fault.hasPrefix("tokens:3: ") == true)
    }

    @Test(arguments: [
        ("ada read", "tokens:1: a token is a name, a role and a secret, and here are 2 words"),
        ("ada read a b", "tokens:1: a token is a name, a role and a secret, and here are 4 words"),
        ("\n\nada admin 0123456789abcdef01234567", "tokens:3: the second word is no role"),
        ("ada read short", "tokens:1: the secret is shorter than 24 letters"),
        ("ada read sha256:12", "tokens:1: behind sha256: stand no 64 hexadecimal digits"),
        (
            "a read 0123456789abcdef01234567\nb approve 0123456789abcdef01234567",
            "tokens:2: the secret is that of an earlier line"
        ),
    ])
    func whatIsWrongIsSaidWithoutTheSecret(_ text: String, _ fault: String) {
        let error = #expect(throws: TokenError.self) { try TokenList(text, path: "tokens") }
        #expect(error?.fault == fault)
    }

    @Test func rolesIncludeThoseBelow() {
        let table: [(AccessRole, [Bool])] = [
            (.read, [true, false, false]), (.operate, [true, true, false]),
            (.approve, [true, true, true]),
        ]
        for (role, allowed) in table {
            let token = AccessToken(name: "a", role: role, secret: secret)
            #expect(AccessRole.allCases.map(token.allows) == allowed, "\(role)")
        }
    }
}

@Suite struct TokenFileTests {
    private let folder: TemporaryFolder
    private let path: String
    private let clock = TestClock()
    private let told = Told()

    private final class TestClock: @unchecked Sendable {
        var now = 0.0
    }

    private final class Told: @unchecked Sendable {
        var lines: [String] = []
    }

    private static let first = "first-0123456789abcdef01234567"
    private static let second = "second-0123456789abcdef01234567"

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/tokens"
        try write("ada approve \(Self.first)\nbob read \(Self.second)\n")
    }

    private func write(_ text: String, mode: mode_t = 0o600) throws {
        // As editors and deployments do: a new file in place of the old one.
        try folder.write(text, to: "new")
        chmod(folder.path + "/new", mode)
        rename(folder.path + "/new", path)
    }

    private func open() throws -> TokenFile {
        try TokenFile(
            path, clock: { [clock] in clock.now }, told: { [told] in told.lines.append($0) })
    }

    @Test func secretsLeadToTheirNames() throws {
        let file = try open()
        #expect(file.token(of: Self.first)?.name == "ada")
        #expect(file.token(of: Self.second)?.name == "bob")
        for wrong in ["", "first", Self.first + "x", String(Self.first.dropLast())] {
            #expect(file.token(of: wrong) == nil, "\(wrong)")
        }
    }

    @Test func whatIsTakenOutIsRefusedWithinASecond() throws {
        let file = try open()
        try write("bob read \(Self.second)\n")
        clock.now = 1
        #expect(file.token(of: Self.first) == nil)
        #expect(file.token(of: Self.second)?.name == "bob")
        try write("ada read \(Self.first)\n")
        clock.now = 2
        #expect(file.token(of: Self.first)?.role == .read)
        #expect(told.lines.isEmpty)
    }

    @Test(arguments: ["damaged", "readable", "gone"])
    func noTokenIsGoodOfAFileThatIsOfNoUse(_ kind: String) throws {
        let file = try open()
        switch kind {
        case "damaged": try write("ada approve\n")
        case "readable": try write("ada approve \(Self.first)\n", mode: 0o640)
        default: try FileManager.default.removeItem(atPath: path)
        }
        clock.now = 1
        #expect(file.token(of: Self.first) == nil)
        clock.now = 2
        #expect(file.token(of: Self.second) == nil)
        #expect(told.lines.count == 1 && told.lines[0].hasPrefix("no token is good any more: "))
        try write("ada approve \(Self.first)\n")
        clock.now = 3
        #expect(file.token(of: Self.first)?.name == "ada")
    }

    @Test(
        "attack: tokens that others can read or write are refused",
        arguments: [
            0o644, 0o640, 0o620, 0o604, 0o602, 0o610,
        ] as [mode_t])
    func othersMayNotReadThem(_ mode: mode_t) throws {
        chmod(path, mode)
        let error = #expect(throws: TokenError.self) { try open() }
        #expect(error?.remedy == "chmod 600 \(path)")
    }
}
