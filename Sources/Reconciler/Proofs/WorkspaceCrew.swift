import Foundation
import Observed

/// Jobs that several workspaces share, each taking the next one as it gets free.
///
/// A helper that fails is not missed: its job is done again on the workspace that is led from here,
/// and only what fails there has failed.
final class WorkspaceCrew<Job: Sendable, Value: Sendable>: @unchecked Sendable {
    private let jobs: [Job]
    private let body: @Sendable (Workspace, Job) throws(WorkspaceError) -> Value
    // What follows is guarded by the condition.
    private let condition = NSCondition()
    private var next = 0
    /// Jobs that a helper could not do.
    private var left: [Int] = []
    /// How many helpers are at a job.
    private var busyHelpers = 0
    private var values: [Value?]
    private var failure: WorkspaceError?

    init(
        _ jobs: [Job],
        _ body: @escaping @Sendable (Workspace, Job) throws(WorkspaceError) -> Value
    ) {
        self.jobs = jobs
        self.body = body
        values = Array(repeating: nil, count: jobs.count)
    }

    /// Runs all jobs, on `workspace` and on those of `helpers` that can be opened; returns when
    /// none is at work any more.
    ///
    /// Throws the first failure of a job on `workspace`; none is begun after it.
    func work(
        on workspace: Workspace, helpers: [WorkspaceThread]
    ) throws(WorkspaceError) -> [Value] {
        let group = DispatchGroup()
        for helper in helpers {
            group.enter()
            let thread = Thread { [self] in
                _ = try? helper.run { (workspace) throws(WorkspaceError) in help(on: workspace) }
                group.leave()
            }
            thread.name = "plumb-workspace-helper"
            thread.stackSize = 1 << 20
            thread.start()
        }
        while let place = nextToLead() {
            do throws(WorkspaceError) {
                let value = try body(workspace, jobs[place])
                locked { values[place] = value }
            } catch {
                locked { failure = failure ?? error }
            }
        }
        group.wait()
        return try locked { () throws(WorkspaceError) in
            if let failure { throw failure }
            return values.compactMap(\.self)
        }
    }

    /// Does jobs until there is none, or one fails.
    private func help(on workspace: Workspace) {
        while let place = nextToHelp() {
            let value = try? body(workspace, jobs[place])
            locked {
                busyHelpers -= 1
                if let value { values[place] = value } else { left.append(place) }
                condition.signal()
            }
            guard value != nil else { return }
        }
    }

    private func nextToHelp() -> Int? {
        locked {
            guard failure == nil, next < jobs.count else { return nil }
            busyHelpers += 1
            next += 1
            return next - 1
        }
    }

    /// The next job of the leader; waits for helpers, of which one may fail.
    private func nextToLead() -> Int? {
        locked {
            while failure == nil {
                if let place = left.popLast() { return place }
                if next < jobs.count {
                    next += 1
                    return next - 1
                }
                guard busyHelpers > 0 else { return nil }
                condition.wait()
            }
            return nil
        }
    }

    private func locked<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }
}
