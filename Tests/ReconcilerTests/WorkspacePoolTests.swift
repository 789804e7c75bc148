import Execution
import Foundation
import MySQLClient
import Observed
import Reports
import Schema
import TestSupport
import Testing

@testable import Reconciler

/// Where workspaces are made.
@Suite struct WorkspacePoolTests {
    private let plain: MariaDBServer
    private let pool: ConnectionPool
    private let profile: ServerProfile

    init() throws {
        plain = try MariaDBServer.shared
        pool = ConnectionPool(limitPerServer: 4) { [settings = plain.settings] _ in settings }
        profile = try plain.connect().profile(database: "information_schema")
    }

    private func workspaces(_ servers: [ServerAddress]) -> WorkspacePool {
        WorkspacePool(
            pool: pool, catalog: ObjectCatalog(), preferred: nil, prefix: "_plumb_ws",
            servers: WorkspaceServers(writable: [profile: servers]), hands: 3)
    }

    @Test(
        "the sessions that make tables grow with per_host, and leave some to others",
        arguments: [(1, 3), (2, 6), (3, 7), (10, 14), (1_000, 1_004)])
    func hands(perHost: Int, hands: Int) {
        #expect(WorkspacePool.hands(beside: perHost) == hands)
        #expect(hands + 2 <= perHost + RolloutRunner.ahead)
    }

    @Test("a first server that is read-only, or away, does not end the pass")
    func anotherServerDoesTheWork() throws {
        let replica = try MariaDBServer.start(options: ["--read-only"])
        let away = ServerAddress.socket(path: replica.folder.path + "/none.sock")
        for (first, word) in [(replica.address, "read-only"), (away, "none.sock")] {
            let workspaces = workspaces([first, plain.address])
            for _ in 0..<2 {
                let server = try workspaces.use(for: profile, server: first) { workspace in
                    workspace.name
                }
                #expect(WorkspaceName.matches(server, prefix: "_plumb_ws"))
            }
            #expect(workspaces.notices.map(\.code) == ["workspace-elsewhere"])
            #expect(workspaces.notices[0].message.contains(word), "\(workspaces.notices)")
            workspaces.close()
        }
        #expect(try replica.connect().query("SHOW DATABASES LIKE '\\_plumb%'").isEmpty)
    }

    @Test("what is under way when a server fills up begins anew on another one")
    func aServerThatFillsUp() throws {
        let second = try MariaDBServer.start()
        let workspaces = workspaces([plain.address, second.address])
        var tried: [Int] = []
        let full = MySQLError(
            kind: .diskFull, number: 1114, message: "The table 't' is full", server: plain.address)
        try workspaces.use(for: profile, server: plain.address) {
            workspace throws(WorkspaceError) in
            tried.append(0)
            if tried.count == 1 { throw WorkspaceError(full, while: "creating table `t`") }
        }
        #expect(tried.count == 2)
        #expect(workspaces.notices.first?.message.contains("\(second.address) is used for") == true)
        workspaces.close()
    }

    @Test("attack: a text that ends a server is not tried on the next one")
    func aTextThatEndsAServer() throws {
        let workspaces = workspaces([plain.address, .socket(path: "/nowhere")])
        let lost = MySQLError(kind: .lostConnection, message: "gone", server: plain.address)
        var tried = 0
        #expect(throws: WorkspaceError.self) {
            try workspaces.use(for: profile, server: plain.address) {
                workspace throws(WorkspaceError) in
                tried += 1
                throw WorkspaceError(lost, while: "creating table `t`")
            }
        }
        #expect(tried == 1)
        workspaces.close()
    }

    @Test("the server that is named for workspaces is replaced by none when it does not answer")
    func theNamedServerIsAway() throws {
        let away = ServerAddress.socket(path: "/nowhere/m.sock")
        let workspaces = WorkspacePool(
            pool: pool, catalog: ObjectCatalog(), preferred: away, prefix: "_plumb_ws",
            servers: WorkspaceServers(writable: [profile: [plain.address]]))
        let error = #expect(throws: WorkspaceError.self) {
            try workspaces.use(for: profile, server: plain.address) { _ in }
        }
        #expect(error?.fault.contains("m.sock") == true)
        #expect(workspaces.notices.isEmpty)
        workspaces.close()
    }

    @Test func whereEveryServerRefusesTheFirstReasonIsTold() throws {
        let replica = try MariaDBServer.start(options: ["--read-only"])
        let workspaces = workspaces([replica.address, .socket(path: "/nowhere")])
        let error = #expect(throws: WorkspaceError.self) {
            try workspaces.use(for: profile, server: replica.address) { _ in }
        }
        #expect(error?.fault.contains("read_only=ON") == true)
        #expect(error?.remedy?.contains("workspace.host") == true)
    }

    // MARK: Several workspaces for one task

    /// Runs `count` jobs, the first three of which wait until `together` of them are at work.
    private func share(
        _ count: Int, over pool: ConnectionPool, hands: Int = 3, together: Int
    ) throws -> (names: [String], left: Int) {
        let workspaces = WorkspacePool(
            pool: pool, catalog: ObjectCatalog(), preferred: nil, prefix: "_plumb_ws",
            servers: WorkspaceServers(writable: [profile: [plain.address]]), hands: hands)
        let arrived = NSCondition()
        nonisolated(unsafe) var atWork = 0
        let names = try workspaces.share(
            Array(0..<count), for: profile, server: plain.address
        ) { workspace, job in
            arrived.lock()
            defer { arrived.unlock() }
            atWork += 1
            arrived.broadcast()
            while atWork < together { arrived.wait() }
            return "\(job) \(workspace.name)"
        }
        workspaces.close()
        let words = names.map { $0.split(separator: " ") }
        #expect(words.map { Int($0[0]) } == Array(0..<count))
        let databases = Set(words.map { String($0[1]) }).sorted()
        let left = try databases.filter { name in
            try !plain.connect().query("SHOW DATABASES LIKE \(SQL.literal(name))").isEmpty
        }
        return (databases, left.count)
    }

    @Test("jobs run beside each other, each in a workspace that is dropped afterwards")
    func jobsAreShared() throws {
        let done = try share(12, over: pool, together: 3)
        #expect(done.names.count == 3)
        #expect(done.left == 0)
        // The connections came back.
        #expect(try share(1, over: pool, together: 1).names.count == 1)
    }

    @Test("where there may be one session, or is one left, that one does all of it")
    func oneSession() throws {
        let few = ConnectionPool(limitPerServer: 2) { [settings = plain.settings] _ in settings }
        #expect(try share(5, over: few, together: 1).names.count == 1)
        // All others are in use: nobody waits for them.
        func busy(_ count: Int) throws -> Int {
            guard count > 0 else { return try share(5, over: pool, together: 1).names.count }
            return try pool.withConnection(to: plain.address, purpose: .read) { _ in
                try busy(count - 1)
            }
        }
        #expect(try busy(3) == 1)
    }

    @Test("workspaces are dropped while others work, and one session at most is theirs then")
    func droppedMeanwhile() throws {
        let workspaces = workspaces([plain.address])
        let names = try workspaces.share(
            Array(0..<3), for: profile, server: plain.address
        ) { workspace, _ in workspace.name }
        workspaces.beginClosing()
        workspaces.awaitAllButOne()
        func lent(_ count: Int) throws -> Int {
            try pool.withConnection(to: plain.address, purpose: .read, waits: false) { _ in
                count == 1 ? 1 : try lent(count - 1) + 1
            }
        }
        #expect(try lent(pool.limitPerServer - 1) == pool.limitPerServer - 1)
        workspaces.close()
        for name in Set(names) {
            let left = try plain.connect().query("SHOW DATABASES LIKE \(SQL.literal(name))")
            #expect(left.isEmpty)
        }
    }

    @Test("a failure of one ends the task, with its reason, and leaves nothing behind")
    func aSharedJobFails() throws {
        let workspaces = workspaces([plain.address])
        let begun = Lock(0)
        let full = MySQLError(kind: .other, message: "no", server: plain.address)
        let error = #expect(throws: WorkspaceError.self) {
            _ = try workspaces.share(
                Array(0..<100), for: profile, server: plain.address
            ) { workspace, job throws(WorkspaceError) in
                begun.withLock { $0 += 1 }
                throw WorkspaceError(full, while: "doing job \(job)")
            }
        }
        #expect(error?.fault.contains("doing job") == true)
        #expect(begun.withLock { $0 } <= 3)
        workspaces.close()
    }

    @Test("what a helper could not do is done by the one that leads")
    func aHelperFails() throws {
        let workspaces = workspaces([plain.address])
        let leader = try workspaces.use(for: profile, server: plain.address) { $0.name }
        let failed = Lock<[Int]>([])
        let lost = MySQLError(kind: .lostConnection, message: "gone", server: plain.address)
        let names = try workspaces.share(
            Array(0..<20), for: profile, server: plain.address
        ) { workspace, job throws(WorkspaceError) in
            guard workspace.name == leader else {
                failed.withLock { $0.append(job) }
                throw WorkspaceError(lost, while: "doing job \(job)")
            }
            // So that a helper takes one for sure.
            while failed.withLock({ $0.isEmpty }) { usleep(200) }
            return workspace.name
        }
        #expect(names == Array(repeating: leader, count: 20))
        let jobs = failed.withLock { $0 }
        #expect(!jobs.isEmpty && Set(jobs).count == jobs.count)
        workspaces.close()
    }
}
