import Basics
import Execution
import Foundation
import MySQLClient
@testable import MySQLStore
import Store
import TestSupport
import Testing

@Suite("A server that cannot keep the store is passed over")
struct SeveralServersTests {
    /// A handle on the databases of several servers, of which only one may be used at a time: they
    /// stand for the nodes of a cluster.
    private func handle(
        _ stores: [ServerStore], as user: String = "root", waitSeconds: Double = 60
    ) -> (any LedgerBackend, asked: Lock<[Int]>) {
        let asked = Lock<[Int]>([])
        let servers = stores.enumerated().map { place, store in
            StoreServer(name: "node\(place)") { () throws(MySQLError) in
                asked.withLock { $0.append(place) }
                return try store.connect(as: user)
            }
        }
        let backend = MySQLBackend(
            place: "mysql://nodes", database: stores[0].database, servers: servers,
            waitSeconds: waitSeconds, heartbeatSeconds: 0.5)
        return (backend, asked)
    }

    private func stores(_ count: Int) throws -> [ServerStore] {
        let stores = try (0..<count).map { _ in try ServerStore(owning: .mariadb1011) }
        for store in stores {
            try store.server.connect().execute(
                "CREATE DATABASE IF NOT EXISTS `\(stores[0].database)`")
        }
        return stores
    }

    @Test func theOneThatWorkedLastIsTriedFirst() throws {
        let stores = try stores(3)
        for place in [0, 1] { stores[place].server.stop() }
        let (backend, asked) = handle(stores)
        try backend.make(version: 1)
        try EventChain(backend: backend).append("1")
        #expect(Array(asked.withLock { $0 }.prefix(3)) == [0, 1, 2])
        #expect(!asked.withLock { $0 }.dropFirst(3).contains { $0 != 2 })
    }

    @Test func aServerThatBecomesReadOnlyIsLeft() throws {
        let stores = try stores(2)
        let (second, _) = handle([stores[1]])
        try second.make(version: 1)
        for store in stores {
            try store.server.connect().execute("CREATE USER writer")
            try store.server.connect().execute("GRANT ALL ON `\(stores[0].database)`.* TO writer")
        }
        let (backend, asked) = handle(stores, as: "writer")
        try backend.make(version: 1)
        let chain = EventChain(backend: backend)
        try chain.append("1")
        stores[0].keepSessions(of: backend)
        #expect(Set(asked.withLock { $0 }) == [0])
        // Its kept sessions can still be read from.
        try stores[0].server.connect().execute("SET GLOBAL read_only = ON")
        try chain.append("2")
        #expect(asked.withLock { $0 }.last == 1)
        #expect(try EventChain(backend: second).events() == ["2"])
    }

    @Test func whereNoneWorksTheErrorSaysWhyOfEach() throws {
        let stores = try stores(3)
        stores[0].server.stop()
        try stores[1].server.connect().execute("SET GLOBAL read_only = ON")
        try stores[2].server.connect().execute("SET GLOBAL read_only = ON")
        let (backend, _) = handle(stores, waitSeconds: 1)
        let error = storeError { try backend.make(version: 1) }
        #expect(error?.code == .unreadable)
        let fault = error?.fault ?? ""
        #expect(fault.contains("none of 3 servers can be used"), "\(fault)")
        #expect(fault.contains("node0: Can't connect"), "\(fault)")
        #expect(fault.contains("node1: it takes no transitions: read_only=ON"), "\(fault)")
    }

    @Test(
        arguments: [
            ([:], nil), (["read_only": "OFF", "wsrep_on": "OFF"], nil),
            (["read_only": "ON"], "read_only=ON"),
            (["read_only": "ON", "super_read_only": "ON"], "super_read_only=ON"),
            (["read_only": "OFF", "offline_mode": "ON"], "offline_mode=ON"),
            (
                ["wsrep_on": "ON", "wsrep_ready": "ON", "wsrep_cluster_status": "Primary"],
                nil
            ),
            (
                ["wsrep_on": "ON", "wsrep_ready": "OFF", "wsrep_cluster_status": "Primary"],
                "wsrep_ready=OFF"
            ),
            (["wsrep_on": "ON", "wsrep_cluster_status": "Primary"], "wsrep_ready=unknown"),
            (
                ["wsrep_on": "ON", "wsrep_ready": "ON", "wsrep_cluster_status": "non-Primary"],
                "wsrep_cluster_status=non-Primary: it is cut off from most of its cluster"
            ),
        ] as [([String: String], String?)])
    func whatAServerSaysOfItself(_ facts: [String: String], _ fault: String?) {
        #expect(NodeState.fault(facts) == fault)
    }

    @Test func onlyThePrimaryOfAGroupIsUsed() {
        #expect(NodeState.fault(state: "ONLINE", role: "PRIMARY") == nil)
        for (state, role) in [
            ("ONLINE", "SECONDARY"), ("RECOVERING", "PRIMARY"), ("OFFLINE", ""), ("ERROR", ""),
        ] {
            #expect(NodeState.fault(state: state, role: role)?.contains(state) == true)
        }
        #expect(NodeState.fault(state: nil, role: nil) != nil)
    }
}
