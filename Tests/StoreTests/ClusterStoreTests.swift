import Execution
import Foundation
import MySQLClient
import MySQLStore
import Store
import TestSupport
import Testing

@Suite("A store in a Galera cluster outlives its nodes", .serialized)
struct ClusterStoreTests {
    private static let cluster = Result { try TestCluster() }

    /// A database of the cluster, as handles on its nodes see it.
    private struct ClusterStore {
        let cluster: TestCluster
        let database: String

        init(_ database: String) throws {
            cluster = try ClusterStoreTests.cluster.get()
            self.database = database
            try open(1).make(version: 1)
        }

        /// A handle that tries these nodes in turn.
        ///
        /// - Parameter aheadSeconds: how much later than it is the nodes take it for.
        func open(
            _ nodes: Int..., waitSeconds: Double = 60, aheadSeconds: Int = 0
        ) -> any LedgerBackend {
            let servers = nodes.map { node in
                StoreServer(name: "node\(node)") { [cluster] () throws(MySQLError) in
                    do {
                        let connection = try cluster.connect(to: node)
                        if aheadSeconds > 0 {
                            try connection.execute(
                                "SET timestamp = UNIX_TIMESTAMP() + \(aheadSeconds)")
                        }
                        return connection
                    } catch let error as MySQLError {
                        throw error
                    } catch {
                        throw MySQLError(
                            kind: .other, message: "\(error)", server: .socket(path: ""))
                    }
                }
            }
            return MySQLBackend(
                place: "mysql://cluster/\(database)", database: database, servers: servers,
                waitSeconds: waitSeconds, heartbeatSeconds: 0.5)
        }
    }

    /// Two writers on different nodes: one of two that meet at COMMIT is refused there, and makes
    /// its transition anew on what the other one has recorded.
    @Test func whatAnotherNodeHasRecordedIsBuiltOn() throws {
        let store = try ClusterStore("conflicts")
        let first = EventChain(backend: store.open(1))
        let second = EventChain(backend: store.open(2))
        try first.append("1")
        var times = 0
        try second.append(
            "3",
            after: {
                times += 1
                if times == 1 { try first.append("2") }
            })
        #expect(times == 2)
        for node in TestCluster.nodes {
            #expect(try EventChain(backend: store.open(node)).events() == ["1", "2", "3"])
        }
    }

    /// The write is somewhere between its first statement and its end.
    @Test func aNodeKilledDuringAWriteIsNotNoticed() throws {
        let store = try ClusterStore("killed")
        let chain = EventChain(backend: store.open(1, 2, 3))
        let held = try chain.backend.take("production", owner: "me")
        try chain.append("1", under: held.lease)
        var times = 0
        try chain.append("2", under: held.lease) {
            times += 1
            if times == 1 { try store.cluster.kill(1) }
        }
        #expect(times == 2)
        try held.renew()
        #expect(held.isSure)
        #expect(try EventChain(backend: store.open(3)).events() == ["1", "2"])
        try store.cluster.restart(1)
        try chain.append("3", under: held.lease)
        #expect(try EventChain(backend: store.open(1)).events() == ["1", "2", "3"])
    }

    @Test func writersOnAllNodesLoseNothingWhenOneIsKilled() throws {
        let store = try ClusterStore("racing")
        let half = DispatchSemaphore(value: 0)
        let killer = Thread {
            half.wait()
            try? store.cluster.kill(2)
        }
        killer.start()
        let perWriter = 20
        let results = Workers.map([0, 1, 2], total: 3, perKey: 3, key: { _ in 0 }) { writer in
            Result {
                let nodes = (0..<3).map { 1 + (writer + $0) % 3 }
                let chain = EventChain(backend: store.open(nodes[0], nodes[1], nodes[2]))
                for number in 0..<perWriter {
                    if writer == 1, number == perWriter / 2 { half.signal() }
                    try chain.append("\(writer)-\(100 + number)")
                }
            }
        }
        for result in results { try result.get() }
        try store.cluster.restart(2)
        for node in TestCluster.nodes {
            let events = try EventChain(backend: store.open(node)).events()
            #expect(events.count == 3 * perWriter)
            for writer in 0..<3 {
                let own = events.filter { $0.hasPrefix("\(writer)-") }
                #expect(own == (0..<perWriter).map { "\(writer)-\(100 + $0)" })
            }
        }
    }

    @Test func aNodeWhoseClockIsAheadTakesNothingFromTheLiving() throws {
        let store = try ClusterStore("clocks")
        let held = try store.open(1).take("production", owner: "me")
        let ahead = store.open(2, aheadSeconds: 20)
        for _ in 0..<3 {
            let error = storeError { _ = try ahead.take("production", owner: "ahead") }
            #expect(error?.code == .locked && error?.fault == "me")
        }
        try held.renew()
        #expect(held.isSure)
    }

    /// A node that is cut off from the others must not be believed, nor go on.
    @Test func aMinorityStopsAndSaysSo() throws {
        let store = try ClusterStore("partition")
        let alone = EventChain(backend: store.open(3, waitSeconds: 2))
        let most = EventChain(backend: store.open(1, 2))
        let held = try alone.backend.take("production", owner: "alone")
        try alone.append("1", under: held.lease)
        #expect(held.isSure)
        try store.cluster.cut(3)
        let error = storeError { try alone.append("late", under: held.lease) }
        // It is not acknowledged; what it waited for in vain depends on when the node notices.
        let code = try #require(error?.code)
        #expect([.unreadable, .indeterminate, .locked].contains(code), "\(error as Any)")
        try waits(for: "the node to notice") {
            storeError { _ = try alone.backend.reference(alone.references[0]) }?.fault
                .contains("cut off from most of its cluster") == true
        }
        #expect(!held.isSure)
        let next = try BackendKind.galera.takeFromTheDead(
            "production", of: most.backend, owner: "most")
        try most.append("2", under: next.lease)
        // Who knows the others goes on there.
        #expect(try EventChain(backend: store.open(3, 1)).events() == ["1", "2"])
        try store.cluster.mend(3)
        try waits(for: "the node to come back") {
            (try? alone.backend.reference(alone.references[0])) != nil
        }
        #expect(storeError { try held.renew() }?.code == .stale)
        #expect(!held.isSure)
        #expect(storeError { try alone.append("late", under: held.lease) }?.code == .stale)
        #expect(try alone.events() == ["1", "2"])
        try next.renew()
    }

    /// Each node is alone: nobody may write, and what was promised before still stands.
    @Test func whereAllAreApartNobodyWrites() throws {
        let store = try ClusterStore("scattered")
        let chain = EventChain(backend: store.open(1, 2, 3, waitSeconds: 2))
        let held = try chain.backend.take("production", owner: "me")
        try chain.append("1", under: held.lease)
        for node in TestCluster.nodes { try store.cluster.cut(node) }
        #expect(storeError { try chain.append("late", under: held.lease) } != nil)
        try waits(for: "all nodes to notice") {
            storeError { _ = try chain.backend.reference(chain.references[0]) }?.fault
                .contains("cut off from most of its cluster") == true
        }
        for node in TestCluster.nodes {
            let alone = EventChain(backend: store.open(node, waitSeconds: 0.5))
            #expect(storeError { try alone.append("late", under: held.lease) }?.code == .unreadable)
            #expect(storeError { _ = try alone.backend.take("staging", owner: "\(node)") } != nil)
        }
        for node in TestCluster.nodes { try store.cluster.mend(node) }
        try waits(for: "the nodes to meet") {
            (try? chain.backend.reference(chain.references[0])) != nil
        }
        // Nobody could take over, so who held the lease has it.
        try held.renew()
        #expect(held.isSure)
        try chain.append("2", under: held.lease)
        for node in TestCluster.nodes {
            try waits(for: "node \(node)") {
                (try? EventChain(backend: store.open(node)).events()) == ["1", "2"]
            }
        }
    }

    @Test func allNodesMayBeKilledAndStartedAgain() throws {
        let store = try ClusterStore("restarted")
        let chain = EventChain(backend: store.open(2, 3, 1))
        let held = try chain.backend.take("production", owner: "me")
        for number in 0..<10 { try chain.append("\(number)", under: held.lease) }
        for node in TestCluster.nodes { try store.cluster.kill(node) }
        try store.cluster.recover()
        try held.renew()
        try chain.append("10", under: held.lease)
        for node in TestCluster.nodes {
            let events = try EventChain(backend: store.open(node)).events()
            #expect(events == (0...10).map(String.init))
        }
    }
}
