import Execution
import Foundation

/// Bounds a call that libgit2 offers no way to interrupt.
enum Deadline {
    /// Runs `body` on a thread of its own and throws `network` when it takes longer than
    /// `seconds`; the thread then goes on by itself, and its outcome is dropped.
    static func run<Value: Sendable>(
        seconds: Double, _ what: String, _ body: @escaping @Sendable () throws(GitError) -> Value
    ) throws(GitError) -> Value {
        let outcome = Lock<Result<Value, GitError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result: Result<Value, GitError>
            do throws(GitError) {
                result = .success(try body())
            } catch {
                result = .failure(error)
            }
            outcome.withLock { $0 = result }
            done.signal()
        }
        thread.name = "plumb-fetch"
        thread.start()
        _ = done.wait(timeout: .now() + seconds)
        guard let result = outcome.withLock({ $0 }) else {
            throw GitError(
                .network, "\(what): no end after \(Int(seconds)) seconds",
                remedy: "check the server")
        }
        return try result.get()
    }
}
