import Foundation
import TestSupport
import Testing

@testable import Signatures

@Suite("A program ends within its limits, and with it all that it started")
struct WatchedProgramTests {
    private func program(
        _ script: String, input: [UInt8] = [], limitSeconds: Double = 20, mostBytes: Int = 1 << 20
    ) throws -> WatchedProgram {
        try WatchedProgram(
            "/bin/sh", ["-c", script, "sh"], input: input, environment: ["PLUMB_SHARD": "app/s0"],
            limitSeconds: limitSeconds, mostBytes: mostBytes)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        var input: [UInt8] = []
        var limitSeconds = 20.0
        let ending: WatchedProgram.Ending
    }

    static let cases = [
        Case(
            testDescription: "it reads what it is given", script: "cat; echo bad >&2; exit 3",
            input: Array("given".utf8),
            ending: .exited(status: 3, output: "given", complaint: "bad")),
        Case(
            testDescription: "it never reads megabytes of input", script: "true",
            input: [UInt8](repeating: 0x61, count: 4 << 20),
            ending: .exited(status: 0, output: "", complaint: "")),
        Case(
            testDescription: "a signal ends it", script: "kill -KILL $$",
            ending: .exited(status: 137, output: "", complaint: "")),
        Case(
            testDescription: "it inherits no descriptor",
            script: "for f in /proc/self/fd/*; do echo ${f##*/}; done | sort -n | head -4 | wc -l",
            ending: .exited(status: 0, output: "4\n", complaint: "")),
        Case(
            testDescription: "it finds two variables",
            script: "/usr/bin/env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^PATH=",
            ending: .exited(status: 0, output: "PLUMB_SHARD=app/s0\n", complaint: "")),
        Case(
            testDescription: "it writes without end", script: "yes",
            ending: .failed("the program /bin/sh wrote more than 1048576 bytes")),
        Case(
            testDescription: "it writes too much and ends well at once",
            script: "head -c 3000000 /dev/zero",
            ending: .failed("the program /bin/sh wrote more than 1048576 bytes")),
        Case(
            testDescription: "it complains without end", script: "yes >&2",
            ending: .failed("the program /bin/sh wrote more than 1048576 bytes")),
        Case(
            testDescription: "it does not end", script: "sleep 60", limitSeconds: 0.2,
            ending: .failed("the program /bin/sh did not end within 0 s")),
        Case(
            testDescription: "it heeds no polite signal",
            script: "trap '' TERM HUP INT; while :; do sleep 1; done", limitSeconds: 0.2,
            ending: .failed("the program /bin/sh did not end within 0 s")),
        Case(
            testDescription: "what it leaves behind keeps its output open",
            script: "sleep 60 & echo done",
            ending: .exited(status: 0, output: "done\n", complaint: "")),
    ]

    @Test(arguments: cases)
    func endings(_ one: Case) throws {
        let own = try program(one.script, input: one.input, limitSeconds: one.limitSeconds)
        #expect(own.run() == one.ending)
    }

    @Test(
        "what does not start says why",
        arguments: [
            ("/nowhere/at/all", ENOENT), ("/etc/passwd", EACCES), ("/etc", EACCES),
        ])
    func noStart(path: String, number: Int32) throws {
        let own = try WatchedProgram(path, [], input: [], limitSeconds: 5)
        let reason = String(cString: strerror(number))
        #expect(own.run() == .failed("the program \(path) does not start: \(reason)"))
    }

    /// A program that is being replaced begins when that is done.
    @Test func itIsBeingWritten() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/program"
        try folder.write("#!/bin/sh\necho new\n", to: "program")
        #expect(chmod(path, 0o700) == 0)
        let writer = open(path, O_WRONLY)
        #expect(writer >= 0)
        let own = try WatchedProgram(path, [], input: [], limitSeconds: 20)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { close(writer) }
        #expect(own.run() == .exited(status: 0, output: "new\n", complaint: ""))
    }

    /// In another group, in another session, and without its parent.
    @Test(
        "nothing that it started is left, wherever it went", arguments: [true, false])
    func leftovers(isLate: Bool) throws {
        let folder = try TemporaryFolder()
        let script = """
            here() { echo $$ > "\(folder.path)/$1"; }
            sh -c 'echo $$ > "\(folder.path)/child"; sleep 60' &
            setsid sh -c 'echo $$ > "\(folder.path)/session"; sleep 60' &
            sh -c 'setsid sh -c "echo \\$\\$ > \\"\(folder.path)/orphan\\"; sleep 60" & exit 0'
            while test ! -s "\(folder.path)/child" -o ! -s "\(folder.path)/session" \
            -o ! -s "\(folder.path)/orphan"; do sleep 0.01; done
            \(isLate ? "sleep 60" : "exit 0")
            """
        let own = try program(script, limitSeconds: isLate ? 1 : 20)
        let ending = own.run()
        if isLate {
            #expect(ending == .failed("the program /bin/sh did not end within 1 s"))
        } else {
            #expect(ending == .exited(status: 0, output: "", complaint: ""))
        }
        for name in ["child", "session", "orphan"] {
            let text = try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
            let number = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(kill(number, 0) == -1 && errno == ESRCH, "\(name)")
        }
    }

    @Test func itBeginsWhenItIsTold() throws {
        let folder = try TemporaryFolder()
        var own: WatchedProgram? = try program("touch \"\(folder.path)/ran\"")
        let watcher = try #require(own?.watcher)
        #expect(kill(watcher, 0) == 0)
        // Who made it forgets it, as at the end of this process.
        own = nil
        #expect(kill(watcher, 0) == -1 && errno == ESRCH)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/ran"))
    }

    @Test func whereItsWatcherIsKilledNobodyKnows() throws {
        let folder = try TemporaryFolder()
        let own = try program("echo $$ > \"\(folder.path)/pid\"; kill -KILL $PPID; sleep 60")
        guard case .unknown(let reason) = own.run() else {
            Issue.record("it is known")
            return
        }
        #expect(reason.contains("/bin/sh"))
        // It ends, too: nobody would know that it runs beside the next one.
        let text = try String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
        let leader = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        for _ in 0..<1_000 where kill(leader, 0) == 0 { usleep(10_000) }
        #expect(kill(leader, 0) == -1 && errno == ESRCH)
    }

    /// Each has its own, so none is ended with another.
    @Test func severalAtOnce() {
        let outputs = OutputList()
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            let own = try? program("sleep 0.\(number); echo \(number)")
            if case .exited(0, let output, _)? = own?.run() { outputs.add(output) }
        }
        #expect(outputs.sorted == ["0\n", "1\n", "2\n", "3\n"])
    }

    private final class OutputList: @unchecked Sendable {
        private let mutex = NSLock()
        private var list: [String] = []

        func add(_ output: String) { mutex.withLock { list.append(output) } }
        var sorted: [String] { mutex.withLock { list.sorted() } }
    }
}
