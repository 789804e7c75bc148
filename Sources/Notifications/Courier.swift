import Basics
import Crypto
import Desired
import Foundation
import HTTPClient
import Model

/// Brings messages to one target. Neither its URL nor its secret stands in an error.
struct Courier: Sendable {
    let target: NotificationTarget
    private let variables: [String: String]

    /// How long a target may take to be reached, and to answer, in seconds.
    private static let (connectSeconds, answerSeconds) = (5, 15)

    /// - Parameter variables: the environment of the process.
    init(_ target: NotificationTarget, variables: [String: String]) {
        self.target = target
        self.variables = variables
    }

    /// How errors call it.
    private var called: String { "notifications: `\(target.name)`" }

    /// Throws where its URL or secret cannot be read, or is none.
    func check() throws(ConfigurationError) {
        _ = try address()
        _ = try secret()
    }

    /// Brings a message; throws where it is not known to have arrived.
    func send(_ message: Message, at now: Timestamp) throws {
        let (server, path) = try address()
        var settings = HTTPClient.Settings(server: server, authorityFile: target.authorityFile)
        settings.name = called
        settings.connectSeconds = Self.connectSeconds
        settings.answerSeconds = Self.answerSeconds
        settings.mostBytes = 64 << 10
        let body = message.body(target.template)
        var request = HTTPClient.Request(path, accept: "*/*", body: body)
        request.headers = [
            "Plumb-Delivery: \(message.id)", "Plumb-Event: \(message.event.rawValue)",
        ]
        if let secret = try secret() {
            let time = now.secondsSince1970
            let code = try MessageCode.sha256Digits(
                of: Array("\(time).\(body)".utf8), key: Array(secret.utf8))
            request.headers.append("Plumb-Signature: t=\(time),v1=\(code)")
        }
        let answer = try HTTPClient(settings).send(request)
        guard (200..<300).contains(answer.status) else {
            throw ConfigurationError("\(called) answers with status \(answer.status)")
        }
    }

    /// The server, and what follows: a client's address has no query.
    private func address() throws(ConfigurationError) -> (ServerURL, path: String) {
        let text = try read(target.url, "url")
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let base = String(parts[0])
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPrintable, let server = try? ServerURL(base) else {
            throw ConfigurationError(
                "\(called): its URL is none",
                remedy: "write one like https://hooks.example.com/plumb, without a user")
        }
        guard server.isPrivate else {
            throw ConfigurationError(
                "\(called): its URL would have messages sent in clear to another machine",
                remedy: "give one that begins with https")
        }
        return (
            server,
            (base.hasSuffix("/") ? "/" : "") + (parts.count == 2 ? "?\(parts[1])" : "")
        )
    }

    private func secret() throws(ConfigurationError) -> String? {
        guard let place = target.secret else { return nil }
        let text = try read(place, "secret")
        guard text.utf8.count >= 16 else {
            throw ConfigurationError(
                "\(called): its secret is shorter than 16 letters",
                remedy: "make one with `openssl rand -hex 32`, and give it to the receiver")
        }
        return text
    }

    private func read(
        _ place: NotificationTarget.Place, _ key: String
    ) throws(ConfigurationError) -> String {
        switch place {
        case .written(let text): return text
        case .environment(let name):
            guard let text = variables[name], !text.isEmpty else {
                throw ConfigurationError(
                    "\(called): the environment variable \(name) is not set",
                    remedy: "set it, or use \(key)_file")
            }
            return text
        case .file(let path): return try read(file: path)
        }
    }

    private func read(file path: String) throws(ConfigurationError) -> String {
        var status = stat()
        guard stat(path, &status) == 0,
            let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(whereSeparator: \.isNewline).first
        else {
            throw ConfigurationError(
                "\(called): \(path) cannot be read, or is empty",
                remedy: "write one line into it, and let plumb's user read it")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ConfigurationError(
                "\(called): others than its owner may read or write \(path)",
                remedy: "chmod 600 \(path)")
        }
        return line.trimmingCharacters(in: .whitespaces)
    }
}
