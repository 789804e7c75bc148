import Execution
import Foundation

/// A time limit for a call that libgit2 cannot interrupt.
enum Deadline {
    /// Runs `body` on a thread of its own; throws `network` after `seconds`. The thread is not
    /// stopped then, and its result is ignored.
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
