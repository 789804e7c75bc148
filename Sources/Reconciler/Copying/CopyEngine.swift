import Basics
import Desired
import Diff
import Execution
import Model
import MySQLClient
import OnlineCopy
import Schema

/// Copies a table beside the application, which goes on writing, and lets the copy take its place.
///
/// What it has made so far stands on the server, in the same transactions as the rows; its state
/// in the ledger is for people, and for what comes behind the cutover.
package struct CopyEngine: Engine {
    package let name = EngineName.copy
    package let isStaged = true
    /// Nil where nothing is copied.
    private let policy: OnlinePolicy?
    /// How long a part of the work takes, about: as often it is recorded and can be stopped.
    private let partSeconds: Double
    private let copies: OpenCopies

    package init(_ policy: OnlinePolicy? = nil, partSeconds: Double = 5) {
        self.policy = policy
        self.partSeconds = partSeconds
        copies = OpenCopies()
    }

    private init(_ policy: OnlinePolicy?, of other: CopyEngine) {
        self.policy = policy
        partSeconds = other.partSeconds
        copies = other.copies
    }

    package func under(_ policy: Policy) -> any Engine { CopyEngine(policy.online, of: self) }

    package func choice(
        for step: PlanStep, _ definition: (Digest) -> CatalogTable?
    ) -> EngineChoice? {
        guard let policy else { return nil }
        return withoutActuallyEscaping(definition) { definition in
            EngineChoice(step, policy) { CopyPlan.obstacle(to: step, definition) }
        }
    }

    // MARK: State

    package func refusal(of state: EngineState) -> String? {
        CopyState(state) == nil
            ? "the state of its copy is one of another release: go on with that one" : nil
    }

    package func state(before job: EngineJob) -> EngineState? {
        CopyState(keepSeconds: (policy ?? .standard).keepSeconds).engineState
    }

    package func progress(_ state: EngineState) -> String? { CopyState(state)?.words }

    // MARK: Phases

    package func prepare(
        _ job: EngineJob, on port: any ShardPort
    ) throws(ShardFailure) -> EngineState? {
        let site = try Self.site(job, port)
        return try state(of: open(job, at: site), job)
    }

    package func run(
        _ job: EngineJob, on port: any ShardPort
    ) throws(ShardFailure) -> EngineAnswer {
        let site = try Self.site(job, port)
        let copy = try copy(job, at: site)
        let status = try ShardFailure.of(job) { () throws(CopyFailure) in
            try copy.work(seconds: partSeconds)
        }
        let state = try state(of: copy, job)
        return status == .ready ? .ready(state) : .advanced(state)
    }

    package func park(_ job: EngineJob, on port: any ShardPort) -> EngineState? {
        // Much may happen until the cutover: every row is compared again before it.
        try? copies[job.key]?.compareAgain()
        letGo(job)
        return job.state
    }

    /// How often it asks for the table, and how long it waits in between: others who want it wait
    /// as long as it asks.
    private static let attempts = 8
    private static let pauseSeconds = 0.5

    package func cutOver(
        _ job: EngineJob, on port: any ShardPort
    ) throws(ShardFailure) -> EngineState? {
        let site = try Self.site(job, port)
        defer { site.noteChange() }
        let copy = try copy(job, at: site)
        let renamer = try ShardFailure.of(job) { () throws(CopyFailure) in
            try CopyFailure.of { () throws(MySQLError) in
                let session = try site.connect()
                try session.select(database: site.target.database)
                return session
            }
        }
        defer { renamer.close() }
        var reason = ""
        for attempt in 1...Self.attempts {
            try followUp(copy, job, site)
            let outcome = try ShardFailure.of(job, isCutover: true) { () throws(CopyFailure) in
                try Cutover(copy, renamer: renamer).attempt()
            }
            switch outcome {
            case .done(let seconds):
                var state = CopyState(copy.report, of: job.state)
                state.stallSeconds = seconds
                return state.engineState
            case .busy(let blockers):
                reason = blockers
                guard attempt < Self.attempts else { continue }
                _ = try ShardFailure.of(job) { () throws(CopyFailure) in
                    try copy.keepUp(seconds: Self.pauseSeconds)
                }
            }
        }
        throw ShardFailure(
            "\(job.key): the copy did not take the table's place: \(reason)", retry: .retryable)
    }

    /// Brings the copy up to now, and compares it where that is still to be done.
    private func followUp(
        _ copy: TableCopy, _ job: EngineJob, _ site: ShardSite
    ) throws(ShardFailure) {
        var isReady = false
        while !isReady {
            try site.confirm()
            isReady = try ShardFailure.of(job) { () throws(CopyFailure) in
                try copy.work(seconds: partSeconds) == .ready
            }
        }
    }

    package func abort(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        try end(job, port) { end, isWayBack throws(CopyFailure) in
            // The former table stays for another time.
            if !isWayBack { try end.abandon() }
        }
    }

    package func cleanUp(_ job: EngineJob, on port: any ShardPort) throws(ShardFailure) {
        let seconds = job.state.flatMap(CopyState.init)?.keepSeconds ?? 0
        try end(job, port) { end, isWayBack throws(CopyFailure) in
            if seconds > 0, !isWayBack {
                try end.keep(seconds: seconds)
            } else {
                try end.cleanUp()
            }
        }
    }

    package func letGo(_ job: EngineJob) { copies.end(job.key) }

    // MARK: Sessions

    private static func site(
        _ job: EngineJob, _ port: any ShardPort
    ) throws(ShardFailure) -> ShardSite {
        guard let site = try port.site() else {
            throw ShardFailure("\(job.key): there is no server to copy on", retry: .permanent)
        }
        try site.confirm()
        return site
    }

    private func end(
        _ job: EngineJob, _ port: any ShardPort,
        _ body: (CopyEnd, Bool) throws(CopyFailure) -> Void
    ) throws(ShardFailure) {
        let site = try Self.site(job, port)
        defer { site.noteChange() }
        letGo(job)
        let sessions = try CopySessions(job, site, policy ?? .standard)
        try ShardFailure.of(job) { () throws(CopyFailure) in try sessions.end(body) }
    }

    private func copy(
        _ job: EngineJob, at site: ShardSite
    ) throws(ShardFailure) -> TableCopy {
        if let known = copies[job.key] { return known }
        return try open(job, at: site)
    }

    private func open(
        _ job: EngineJob, at site: ShardSite
    ) throws(ShardFailure) -> TableCopy {
        defer { site.noteChange() }
        letGo(job)
        let sessions = try CopySessions(job, site, policy ?? .standard)
        let copy = try ShardFailure.of(job) { () throws(CopyFailure) in try sessions.open() }
        let brake = sessions.brake()
        copy.brake = brake
        copy.openFurther = sessions.further
        copies.keep(copy, brake, for: job.key)
        return copy
    }

    private func state(
        of copy: TableCopy, _ job: EngineJob
    ) throws(ShardFailure) -> EngineState {
        CopyState(copy.report, of: job.state).engineState
    }
}

extension Engines {
    /// All engines of this release.
    package static let all = Engines([CopyEngine()])
}

extension ShardFailure {
    /// Runs `body`, with what it fails of in the words of an operation.
    ///
    /// - Parameter isCutover: whether a lost session may have changed the table.
    fileprivate static func of<Result>(
        _ job: EngineJob, isCutover: Bool = false,
        _ body: () throws(CopyFailure) -> Result
    ) throws(ShardFailure) -> Result {
        do throws(CopyFailure) {
            return try body()
        } catch {
            throw ShardFailure(error, of: job, isCutover: isCutover)
        }
    }

    private init(_ error: CopyFailure, of job: EngineJob, isCutover: Bool) {
        let retry: RetryClass =
            switch error {
            case .server(let error): error.retry
            case .interrupted: .retryable
            case .stopped, .moved: .permanent
            }
        let isUnclear = isCutover && retry != .permanent
        self.init("\(job.key): \(error)", retry: isUnclear ? .indeterminate : retry)
        if case .server(let error) = error { isOfAccount = error.kind == .missingGrant }
    }
}

/// The copies at which this process is, each driven by one thread at a time.
private final class OpenCopies: Sendable {
    // Sendable: only the thread that drives its operation uses a copy.
    private struct Copy: @unchecked Sendable {
        let copy: TableCopy
        let brake: BrakeWatcher
    }

    private let state = Lock<[OperationKey: Copy]>([:])

    subscript(key: OperationKey) -> TableCopy? { state.withLock { $0[key]?.copy } }

    func keep(_ copy: TableCopy, _ brake: BrakeWatcher, for key: OperationKey) {
        let open = Copy(copy: copy, brake: brake)
        state.withLock { $0[key] = open }
    }

    func end(_ key: OperationKey) {
        let copy = state.withLock { $0.removeValue(forKey: key) }
        copy?.brake.end()
        copy?.copy.end()
    }
}
