import Foundation
import TestSupport
import Testing

@testable import Supervision

@Suite("What a service tells its manager, on real sockets") struct ServiceManagerTests {
    @Test func messagesReachASocketOfThePathAndAnAbstractOne() throws {
        let folder = try TemporaryFolder()
        for place in [folder.path + "/notify", "@plumb-test-\(UInt64.random(in: 0...UInt64.max))"] {
            let socket = try NotifySocket(place)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": place]))
            #expect(manager.tell([.ready, .status("in sync\nREADY=0")]))
            #expect(socket.next() == "READY=1\nSTATUS=in sync READY=0")
            #expect(manager.tell([.reloading(at: 12_345)]))
            #expect(socket.next() == "RELOADING=1\nMONOTONIC_USEC=12345")
            #expect(manager.tell([.stopping]) && manager.tell([.watchdog]))
            #expect(socket.next() == "STOPPING=1")
            #expect(socket.next() == "WATCHDOG=1")
            #expect(manager.tell([]), "nothing to tell")
            #expect(socket.next(seconds: 0) == nil)
        }
    }

    @Test func aManagerThatIsGoneOrFullKeepsNobodyWaiting() throws {
        let folder = try TemporaryFolder()
        var socket: NotifySocket? = try NotifySocket(folder.path + "/notify")
        let place = try #require(socket?.place)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": place]))
        var isFull = false
        let begin = Date()
        // Nobody reads: the queue of a datagram socket is bounded.
        for _ in 0..<10_000 where !isFull { isFull = !manager.tell([.watchdog]) }
        #expect(isFull)
        #expect(Date().timeIntervalSince(begin) < 20)
        socket = nil
        #expect(!manager.tell([.watchdog]))
    }

    @Test func whatIsNoSuchSocketIsLeftAlone() {
        let long = String(repeating: "x", count: 108)
        for place in ["", "relative", "vsock:2:1234", "/", "@", "/" + long, "@" + long] {
            #expect(ServiceManager(environment: ["NOTIFY_SOCKET": place]) == nil, "\(place)")
        }
        #expect(ServiceManager(environment: [:]) == nil)
        #expect(NotifyAddress("@" + long.dropFirst()) != nil)
        #expect(NotifyAddress("/" + long.dropFirst(2)) != nil)
        #expect(NotifyAddress("/" + long.dropFirst()) == nil, "a path needs its end")
    }

    @Test func theWatchdogIsForTheProcessThatIsMeant() {
        func seconds(_ variables: [String: String]) -> Double? {
            ServiceManager(
                environment: ["NOTIFY_SOCKET": "@x"].merging(variables) { $1 })?.watchdogSeconds
        }
        #expect(seconds(["WATCHDOG_USEC": "30000000"]) == 30)
        #expect(seconds(["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "\(getpid())"]) == 0.5)
        #expect(seconds(["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"]) == nil)
        #expect(seconds(["WATCHDOG_USEC": "0"]) == nil)
        #expect(seconds(["WATCHDOG_USEC": "soon"]) == nil)
        #expect(seconds([:]) == nil)
    }
}
