import Execution
import Foundation
import Observed

/// Jobs that several workspaces share, each taking the next one as it gets free.
final class WorkspaceCrew<Job: Sendable, Value: Sendable>: Sendable {
    private struct State {
        var next = 0
        var values: [Value?]
        /// The first failure; no job is begun after it.
        var failure: WorkspaceError?
    }

    private let jobs: [Job]
    private let body: @Sendable (Workspace, Job) throws(WorkspaceError) -> Value
    private let state: Lock<State>

    init(
        _ jobs: [Job],
        _ body: @escaping @Sendable (Workspace, Job) throws(WorkspaceError) -> Value
    ) {
        self.jobs = jobs
        self.body = body
        state = Lock(State(values: Array(repeating: nil, count: jobs.count)))
    }

    /// Runs all jobs, on `workspace` and on those of `helpers` that can be opened; returns when
    /// none is at work any more.
    ///
    /// Throws the first failure of a job, whoever ran it. A helper without a workspace took none.
    func work(
        on workspace: Workspace, helpers: [WorkspaceThread]
    ) throws(WorkspaceError) -> [Value] {
        let group = DispatchGroup()
        for helper in helpers {
            group.enter()
            let thread = Thread { [self] in
                _ = try? helper.run { (workspace) throws(WorkspaceError) in takeJobs(workspace) }
                group.leave()
            }
            thread.name = "plumb-workspace-helper"
            thread.stackSize = 1 << 20
            thread.start()
        }
        takeJobs(workspace)
        group.wait()
        let state = state.withLock { $0 }
        if let failure = state.failure { throw failure }
        return state.values.compactMap(\.self)
    }

    private func takeJobs(_ workspace: Workspace) {
        while let place = next() {
            let result = Result { () throws(WorkspaceError) in try body(workspace, jobs[place]) }
            state.withLock { state in
                switch result {
                case .success(let value): state.values[place] = value
                case .failure(let error): state.failure = state.failure ?? error
                }
            }
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            guard state.failure == nil, state.next < jobs.count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }
}
