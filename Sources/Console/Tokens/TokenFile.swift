import Crypto
import Execution
import Foundation

/// The tokens of a file that only its owner can read, read again when it has changed: what is
/// taken out of it is refused within a second.
package final class TokenFile: Sendable {
    private let path: String
    private let clock: @Sendable () -> Double
    private let told: @Sendable (String) -> Void
    private let state: Lock<State>

    private struct State {
        var tokens: [AccessToken]
        var version: Version?
        var lookedAt: Double
        var fault: String?
    }

    /// What changes with a file when somebody writes or replaces it.
    private struct Version: Hashable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    /// Reads the file.
    ///
    /// Throws where it cannot be read, others may read it, or a line says nothing.
    ///
    /// - Parameters:
    ///   - clock: seconds that only grow.
    ///   - told: what is wrong with the file later on, once for each fault; no token is good then.
    package init(
        _ path: String,
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime },
        told: @escaping @Sendable (String) -> Void
    ) throws {
        self.path = path
        self.clock = clock
        self.told = told
        let (tokens, version) = try Self.read(path)
        state = Lock(State(tokens: tokens, version: version, lookedAt: clock()))
    }

    /// The token with this secret; nil where there is none.
    ///
    /// Takes as long for a wrong secret as for a right one, wherever they differ.
    package func token(of secret: String) -> AccessToken? {
        let digest = AccessToken.digest(of: secret)
        var found: AccessToken?
        for token in current() where ConstantTime.areEqual(token.digest, digest) { found = token }
        return found
    }

    private func current() -> [AccessToken] {
        let now = clock()
        let isDue = state.withLock { state in
            guard now - state.lookedAt >= 1 else { return false }
            state.lookedAt = now
            return true
        }
        if isDue { look() }
        return state.withLock { $0.tokens }
    }

    private func look() {
        let known = state.withLock { $0.version }
        do {
            if let known, try Self.version(path) == known { return }
            let (tokens, version) = try Self.read(path)
            state.withLock { ($0.tokens, $0.version, $0.fault) = (tokens, version, nil) }
        } catch {
            // Whoever was to be locked out may be among those that were read before.
            let fault = "\(error)"
            let isNew = state.withLock { state in
                defer { (state.tokens, state.version, state.fault) = ([], nil, fault) }
                return state.fault != fault
            }
            if isNew { told("no token is good any more: \(fault)") }
        }
    }

    private static func read(_ path: String) throws -> ([AccessToken], Version) {
        let version = try version(path)
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw unreadable(path) }
        return (try TokenList(text, path: path).tokens, version)
    }

    private static func version(_ path: String) throws(TokenError) -> Version {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw TokenError(
                "\(path): others than its owner may read or write the tokens",
                remedy: "chmod 600 \(path)")
        }
        guard status.st_uid == geteuid() || geteuid() == 0 else {
            throw TokenError(
                "\(path): the tokens belong to somebody else", remedy: "chown it to plumb's user")
        }
        return Version(
            inode: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    private static func unreadable(_ path: String) -> TokenError {
        TokenError(
            "\(path): the tokens cannot be read",
            remedy: "write a file of lines like `ada@example.com approve SECRET`, mode 600")
    }
}
