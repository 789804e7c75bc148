import Foundation
import Observed

/// A thread that keeps one workspace open and runs one job at a time.
///
/// A workspace exists inside a call: the thread stays in that call until `close`.
final class WorkspaceThread: @unchecked Sendable {
    private let condition = NSCondition()
    private var job: ((Workspace) -> Void)?
    private var isClosing = false
    private var hasEnded = false
    /// Why the workspace could not be opened or dropped.
    private var failure: WorkspaceError?

    /// - Parameter open: opens the workspace, calls its argument once, and drops the workspace.
    init(
        open: @escaping @Sendable ((Workspace) -> Void) throws(WorkspaceError) -> Void
    ) {
        let thread = Thread { [self] in
            var problem: WorkspaceError?
            do throws(WorkspaceError) {
                try open(serve)
            } catch {
                problem = error
            }
            condition.lock()
            failure = problem
            hasEnded = true
            condition.broadcast()
            condition.unlock()
        }
        thread.name = "plumb-workspace"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Runs `body` on the thread and waits for it.
    func run<Value>(
        _ body: (Workspace) throws(WorkspaceError) -> Value
    ) throws(WorkspaceError) -> Value {
        var result: Result<Value, WorkspaceError>?
        withoutActuallyEscaping(body) { body in
            hand { workspace in
                result = Result { () throws(WorkspaceError) in try body(workspace) }
            }
        }
        if let result { return try result.get() }
        condition.lock()
        defer { condition.unlock() }
        throw failure ?? WorkspaceError.closed
    }

    /// Has the thread end once its job is done; it drops the workspace.
    func beginClosing() {
        condition.lock()
        isClosing = true
        condition.broadcast()
        condition.unlock()
    }

    /// Ends the thread, and waits until the workspace is dropped.
    func close() {
        beginClosing()
        condition.lock()
        while !hasEnded { condition.wait() }
        condition.unlock()
    }

    /// Returns when the job is done, or the thread has ended without it.
    private func hand(_ work: @escaping (Workspace) -> Void) {
        condition.lock()
        defer { condition.unlock() }
        job = work
        condition.broadcast()
        while job != nil && !hasEnded { condition.wait() }
        job = nil
    }

    private func serve(_ workspace: Workspace) {
        condition.lock()
        defer { condition.unlock() }
        while !isClosing {
            guard let work = job else {
                condition.wait()
                continue
            }
            condition.unlock()
            work(workspace)
            condition.lock()
            job = nil
            condition.broadcast()
        }
    }
}
