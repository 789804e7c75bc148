import Basics
import Desired
import Execution
import Foundation
import Model
import MySQLClient
import Schema

/// Has a server run the procedure of a finalizer, where the operator's file allows it.
///
/// It runs in one transaction, with the account that changes shards, and under a lock of the
/// server's that its session holds: while an earlier run of it goes on there, of whatever process,
/// none begins.
struct FinalizerCallRunner {
    let fleet: Fleet
    let environment: Desired.Environment
    /// The operator's file; nothing is allowed without one.
    let consent: Operator?
    let pool: ConnectionPool

    /// Why a call may not be made; nil where it may.
    static func refusal(
        _ call: FinalizerRecord.Call, _ fleet: Fleet, _ environment: Desired.Environment,
        _ consent: Operator?
    ) -> String? {
        let named: ProcedureCall
        do throws(ProcedureCall.Fault) {
            named = try ProcedureCall(call.sql)
        } catch {
            return "its statement \(error.message)"
        }
        guard let server = server(of: call, environment) else {
            return "its host \(call.on) is none that the environment `\(environment.name)` maps"
        }
        guard fleet.servers(of: environment).contains(server) else {
            return "its host \(server) is no server of the environment `\(environment.name)`"
        }
        guard consent?.allows(call: named, on: server) == true else {
            return "the operator's file does not allow `\(named.name)` on \(server): add it to "
                + "`finalizer_calls` there"
        }
        return nil
    }

    /// The server that is meant, after the environment's mapping.
    private static func server(
        of call: FinalizerRecord.Call, _ environment: Desired.Environment
    ) -> ServerAddress? {
        guard let written = ServerAddress(call.on) else { return nil }
        guard let map = environment.hosts else { return written }
        return map.pairs[written]
    }

    func run(_ call: FinalizerRecord.Call, of record: FinalizerRecord) -> FinalizerMachine.Attempt {
        if let reason = Self.refusal(call, fleet, environment, consent) { return .lost(reason) }
        guard let server = Self.server(of: call, environment),
            let sql = try? ProcedureCall(call.sql).sql
        else { return .lost("its statement cannot be read") }
        let hasBegun = Lock(false)
        do {
            return try pool.withConnection(to: server, purpose: .change) { connection in
                guard try holdsLock(of: record, sql, connection) else {
                    return .retryable("an earlier run of it still goes on, on \(server)")
                }
                try connection.execute(Connection.silenceStatement())
                hasBegun.withLock { $0 = true }
                return try connection.keptAlive {
                    try carryOut(sql, record, server, connection)
                }
            }
        } catch let error as MySQLError {
            return Self.attempt(
                error, record, hasBegun: hasBegun.withLock { $0 })
        } catch {
            return .unknown("\(error)")
        }
    }

    /// What an error of the session means: one that ended while the call may have run tells
    /// nothing.
    static func attempt(
        _ error: MySQLError, _ record: FinalizerRecord, hasBegun: Bool
    ) -> FinalizerMachine.Attempt {
        let isOpen = hasBegun && (error.kind == .lostConnection || error.retry == .indeterminate)
        if isOpen, !record.isIdempotent { return .unknown("\(error)") }
        // The lock keeps a second run away for as long as the first one may go on.
        if isOpen || error.retry == .retryable { return .retryable("\(error)") }
        return .lost("\(error)")
    }

    private func holdsLock(
        of record: FinalizerRecord, _ sql: String, _ connection: Connection
    ) throws(MySQLError) -> Bool {
        // Names of locks have 64 characters at most.
        let name = Digest(of: "\(environment.name)/\(record.namespace)/\(sql)").hex.prefix(32)
        return try AdvisoryLock.acquire(name: "plumb-finalizer:\(name)", on: connection) != nil
    }

    private func carryOut(
        _ sql: String, _ record: FinalizerRecord, _ server: ServerAddress, _ connection: Connection
    ) throws(MySQLError) -> FinalizerMachine.Attempt {
        let number = try connection.query("SELECT CONNECTION_ID()").first?[0].flatMap(UInt64.init)
        let limit = CallLimit(seconds: record.limitSeconds) { [pool] isLast in
            guard let number else { return }
            try? pool.withConnection(to: server, purpose: .change, waits: false) {
                try $0.execute("KILL \(isLast ? "CONNECTION" : "QUERY") \(number)")
            }
        }
        defer { limit.end() }
        try connection.execute("START TRANSACTION")
        var failure: MySQLError?
        do throws(MySQLError) {
            try connection.execute(sql)
        } catch {
            failure = error
        }
        // Once it is over the statement may have been cut short, also where no error says so: a
        // SLEEP that is interrupted only ends.
        limit.end()
        guard limit.isOver else {
            guard let failure else {
                try connection.execute("COMMIT")
                return .exited(0, complaint: "")
            }
            if connection.isUsable { try? connection.execute("ROLLBACK") }
            throw failure
        }
        // Its end may still be on the way to the session, which must meet nobody else's statement;
        // the server takes back what it did.
        connection.close()
        if let failure, failure.kind == .lostConnection { throw failure }
        return .lost("the call did not end within \(record.limitSeconds) s on \(server)")
    }
}

/// Does something when a time has passed, unless it is ended before, and once more where that did
/// not help.
private final class CallLimit: Sendable {
    private struct State {
        var hasEnded = false
        var isOver = false
    }

    private let state = Lock(State())
    private let done = DispatchSemaphore(value: 0)

    /// How long the first time has to help, in seconds.
    private static let graceSeconds = 10

    init(seconds: Int, _ body: @escaping @Sendable (_ isLast: Bool) -> Void) {
        let thread = Thread { [self] in
            guard done.wait(timeout: .now() + .seconds(seconds)) == .timedOut else { return }
            let isLate = state.withLock { state in
                state.isOver = !state.hasEnded
                return state.isOver
            }
            guard isLate else { return }
            body(false)
            guard done.wait(timeout: .now() + .seconds(Self.graceSeconds)) == .timedOut else {
                return
            }
            body(true)
        }
        thread.name = "plumb-call-limit"
        thread.start()
    }

    /// Whether the time has passed before the end.
    var isOver: Bool { state.withLock { $0.isOver } }

    func end() {
        state.withLock { $0.hasEnded = true }
        done.signal()
    }
}
