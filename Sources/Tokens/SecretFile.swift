import Execution
import Foundation

/// What stands in a file that only its owner can read, read again when the file has changed: what
/// is taken out of it is refused within a second.
package final class SecretFile<Content: Sendable>: Sendable {
    /// How messages speak of it.
    package struct Words: Sendable {
        /// What is in it: `the tokens`.
        let contents: String
        /// What to write: `a file of lines like …`.
        let form: String
        /// What holds while the file is of no use: `no token is good any more`.
        let loss: String

        package init(contents: String, form: String, loss: String) {
            self.contents = contents
            self.form = form
            self.loss = loss
        }
    }

    private let path: String
    private let words: Words
    private let read: @Sendable (_ text: String) throws -> Content
    private let clock: @Sendable () -> Double
    private let told: @Sendable (String) -> Void
    private let state: Lock<State>

    private struct State {
        /// Nil while the file is of no use.
        var content: Content?
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
    /// Throws where it cannot be read, others may read it, or `read` throws.
    ///
    /// - Parameters:
    ///   - clock: seconds that only grow.
    ///   - told: what is wrong with the file later on, once for each fault.
    package init(
        _ path: String, _ words: Words, clock: @escaping @Sendable () -> Double,
        told: @escaping @Sendable (String) -> Void,
        read: @escaping @Sendable (_ text: String) throws -> Content
    ) throws {
        self.path = path
        self.words = words
        self.read = read
        self.clock = clock
        self.told = told
        let (content, version) = try Self.content(path, words, read)
        state = Lock(State(content: content, version: version, lookedAt: clock()))
    }

    /// What stands in it; nil while it is of no use.
    package var content: Content? {
        let now = clock()
        let isDue = state.withLock { state in
            guard now - state.lookedAt >= 1 else { return false }
            state.lookedAt = now
            return true
        }
        if isDue { look() }
        return state.withLock { $0.content }
    }

    private func look() {
        let known = state.withLock { $0.version }
        do {
            if let known, try Self.version(path, words) == known { return }
            let (content, version) = try Self.content(path, words, read)
            state.withLock { ($0.content, $0.version, $0.fault) = (content, version, nil) }
        } catch {
            // Whoever was to be locked out may be among those that were read before.
            let fault = "\(error)"
            let isNew = state.withLock { state in
                defer { (state.content, state.version, state.fault) = (nil, nil, fault) }
                return state.fault != fault
            }
            if isNew { told("\(words.loss): \(fault)") }
        }
    }

    /// What stands in the file now; throws as ``init(_:_:clock:told:read:)`` does.
    static func contents(
        _ path: String, _ words: Words, _ read: (String) throws -> Content
    ) throws -> Content {
        try content(path, words, read).0
    }

    private static func content(
        _ path: String, _ words: Words, _ read: (String) throws -> Content
    ) throws -> (Content, Version) {
        let version = try version(path, words)
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw unreadable(path, words) }
        return (try read(text), version)
    }

    private static func version(_ path: String, _ words: Words) throws(TokenError) -> Version {
        var status = stat()
        guard stat(path, &status) == 0 else { throw unreadable(path, words) }
        guard status.st_mode & 0o077 == 0 else {
            throw TokenError(
                "\(path): others than its owner may read or write \(words.contents)",
                remedy: "chmod 600 \(path)")
        }
        guard status.st_uid == geteuid() || geteuid() == 0 else {
            throw TokenError(
                "\(path): \(words.contents) belong to somebody else",
                remedy: "chown it to plumb's user")
        }
        return Version(
            inode: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    private static func unreadable(_ path: String, _ words: Words) -> TokenError {
        TokenError("\(path): \(words.contents) cannot be read", remedy: "write \(words.form)")
    }
}
