import Foundation
import Model
import Testing

@testable import Reconciler

@Suite("Whether a process that another run started is still there")
struct ProcessRecordTests {
    private static func place(
        host: String = "db1", machine: String? = "m1", boot: String = "b1",
        namespace: String = "pid:[4026531836]"
    ) -> ProcessRecord.Place {
        .init(host: host, machine: machine, boot: boot, namespace: namespace)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var place = ProcessRecordTests.place()
        var here: ProcessRecord.Place? = ProcessRecordTests.place()
        var found: UInt64? = 100
        /// Nil where nobody can know.
        let presence: ProcessRecord.Presence?
    }

    static let container = "pid:[4026532000]"

    static let cases = [
        Case(testDescription: "it is there", presence: .present),
        Case(testDescription: "it is gone", found: nil, presence: .over),
        Case(testDescription: "its number is another one's", found: 101, presence: .over),
        Case(
            testDescription: "the machine was started again", here: place(boot: "b2"),
            presence: .over),
        Case(
            testDescription: "another machine", here: place(host: "db2", boot: "b2"), presence: nil),
        Case(
            testDescription: "another machine of the same name",
            here: place(machine: "m2", boot: "b2"), presence: nil),
        Case(
            testDescription: "a machine without an id of its own",
            place: place(machine: nil), here: place(machine: nil, boot: "b2"), presence: nil),
        Case(
            testDescription: "another container of the machine",
            place: place(namespace: container), presence: nil),
        Case(
            testDescription: "a container of the same name, on another machine",
            place: place(namespace: container), here: place(boot: "b2", namespace: container),
            presence: nil),
        Case(
            testDescription: "the same container", place: place(namespace: container),
            here: place(namespace: container), presence: .present),
        Case(testDescription: "a machine that does not say", here: nil, presence: nil),
    ]

    @Test(arguments: cases)
    func presence(_ one: Case) {
        let record = ProcessRecord(place: one.place, number: 7, startTicks: 100)
        let found = record.presence(from: one.here) { number in number == 7 ? one.found : nil }
        if let expected = one.presence {
            #expect(found == expected)
        } else if case .unknown = found {
            return
        } else {
            Issue.record("\(found)")
        }
    }

    @Test func thisProcessAndOneThatEnded() throws {
        let own = try #require(ProcessLook.record(of: getpid()))
        #expect(ProcessLook.presence(of: own) == .present)
        var other = own
        other.startTicks += 1
        #expect(ProcessLook.presence(of: other) == .over)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["60"]
        try child.run()
        let record = try #require(ProcessLook.record(of: child.processIdentifier))
        #expect(ProcessLook.presence(of: record) == .present)
        child.terminate()
        child.waitUntilExit()
        #expect(ProcessLook.presence(of: record) == .over)
        #expect(ProcessLook.record(of: child.processIdentifier) == nil)
    }
}
