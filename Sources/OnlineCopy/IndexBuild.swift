import Foundation
import MySQLClient
import Schema

/// Builds the indexes that a copy was made without, all at once, in a session of its own.
final class IndexBuild: @unchecked Sendable {
    private let session: CopySession
    private let indexes: [String]
    private let canceller: Connection
    private let state = NSCondition()
    private var result: Result<Void, CopyFailure>?

    /// Begins to build in a thread of its own.
    ///
    /// - Parameters:
    ///   - indexes: their definitions.
    ///   - session: nobody else uses it.
    ///   - canceller: the session of the copy, by which the building is ended.
    init(_ indexes: [String], on session: CopySession, canceller: Connection) {
        self.session = session
        self.indexes = indexes
        self.canceller = canceller
        let thread = Thread { [self] in
            let result = Result { () throws(CopyFailure) in
                try Self.run(self.indexes, on: self.session)
            }
            state.withLock { self.result = result }
            state.broadcast()
        }
        thread.name = "plumb-indexes"
        thread.start()
    }

    /// Whether it is over, after `seconds` at most.
    func isOver(waiting seconds: Double = 0) -> Bool {
        state.lock()
        defer { state.unlock() }
        if seconds > 0, result == nil {
            _ = state.wait(until: Date(timeIntervalSinceNow: seconds))
        }
        return result != nil
    }

    /// Throws what went wrong; to be called once it is over.
    func finish() throws(CopyFailure) {
        session.connection.close()
        guard case .failure(let error)? = state.withLock({ result }) else { return }
        throw error
    }

    /// Ends it, and waits for that; where the copy's own session is lost, the server goes on.
    func cancel() {
        // Again and again: the statement may be about to begin.
        while !isOver(waiting: 0.05), canceller.isUsable {
            try? canceller.execute("KILL QUERY \(session.connection.threadID)")
        }
    }

    /// How far it is, from 0 to 1, as the server says to another session; nil where it does not.
    func fraction(asking other: CopySession) -> Double? {
        guard session.job.flavour == .mariadb,
            let row = try? other.query(
                "SELECT stage, max_stage, progress FROM information_schema.processlist WHERE id = "
                    + "\(session.connection.threadID)"
            ).first,
            let stage = row[0].flatMap({ Double($0) }), stage > 0,
            let stages = row[1].flatMap({ Double($0) }), stages >= stage,
            let progress = row[2].flatMap({ Double($0) })
        else { return nil }
        return (stage - 1 + progress / 100) / stages
    }

    /// Builds them in this thread.
    static func run(_ indexes: [String], on session: CopySession) throws(CopyFailure) {
        let job = session.job
        for attempt in 1... {
            let made = try Definition.read(job.names.shadow, on: session)
            let missing = indexes.filter { definition in
                !made.indexes.contains { $0.definition(flavour: job.flavour) == definition }
            }
            guard !missing.isEmpty else { return }
            let clauses = missing.map { "ADD \($0)" }.joined(separator: ", ")
            do throws(CopyFailure) {
                return try session.execute("ALTER TABLE \(job.shadow) \(clauses)")
            } catch {
                // What a process has begun that died meanwhile, the server has brought to its end.
                guard case .server(let failure) = error, failure.number == duplicateName,
                    attempt < 3
                else { throw error }
            }
        }
    }

    /// `ER_DUP_KEYNAME`.
    private static let duplicateName: UInt32 = 1061
}
