import CLinux
import Foundation

/// A program that a process of its own watches: nothing that it starts outlives it or its limits,
/// not even in another session, and also where this process is killed meanwhile.
///
/// It is made first and begins when it is told to, so that who made it can record in between which
/// process to look for: the watcher is there for as long as anything of the program is.
// Sendable: nothing changes but by `run` and the end of its life, which do not overlap.
package final class WatchedProgram: @unchecked Sendable {
    /// What became of it.
    package enum Ending: Hashable, Sendable {
        case exited(status: Int32, output: String, complaint: String)
        /// It did not start, was ended at a limit, or what it wrote cannot be read.
        case failed(String)
        /// Its watcher was killed, and it with it: nobody knows how far it came.
        case unknown(String)
    }

    /// The process that watches it.
    package let watcher: pid_t
    private let name: String
    private let limitSeconds: Double
    private let mostBytes: Int
    private let output: MemoryFile
    private let errors: MemoryFile
    private let report: UnsafeMutablePointer<plumb_watch_report>
    private let begin: Int32
    private var isReaped = false

    /// - Parameters:
    ///   - path: an absolute path; a file that is still being written has two seconds.
    ///   - environment: all that it gets besides `PATH`; it inherits no open file but its input.
    ///   - limitSeconds: how long it may take before it is killed.
    ///   - mostBytes: how much it may write before it is killed.
    package init(
        _ path: String, _ arguments: [String], input: [UInt8], environment: [String: String] = [:],
        limitSeconds: Double, mostBytes: Int = 1 << 20
    ) throws(SignatureError) {
        name = path
        self.limitSeconds = limitSeconds
        self.mostBytes = mostBytes
        let files = try (
            MemoryFile(holding: input), MemoryFile(holding: []), MemoryFile(holding: [])
        )
        (output, errors) = (files.1, files.2)
        let size = MemoryLayout<plumb_watch_report>.size
        let shared = mmap(
            nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        guard let shared, shared != MAP_FAILED else { throw Self.noWatcher(path) }
        let report = shared.bindMemory(to: plumb_watch_report.self, capacity: 1)
        var pipe: [Int32] = [-1, -1]
        guard pipe2(&pipe, O_CLOEXEC) == 0 else {
            munmap(shared, size)
            throw Self.noWatcher(path)
        }
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var envp = Program.environment(environment).map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        let program = strdup(path)
        defer { free(program) }
        let started = argv.withUnsafeMutableBufferPointer { argv in
            envp.withUnsafeMutableBufferPointer { envp in
                var task = plumb_watch_task(
                    path: program, arguments: argv.baseAddress, environment: envp.baseAddress,
                    descriptors: (
                        files.0.descriptor, files.1.descriptor, files.2.descriptor, pipe[0]
                    ),
                    limit_milliseconds: Int(limitSeconds * 1_000), most_bytes: mostBytes,
                    report: report)
                return plumb_watch_start(&task)
            }
        }
        close(pipe[0])
        guard started > 0 else {
            let fault = Self.noWatcher(path)
            close(pipe[1])
            munmap(shared, size)
            throw fault
        }
        watcher = started
        begin = pipe[1]
        self.report = report
    }

    deinit {
        close(begin)
        // One that was never told to begin ends at once.
        reap()
        munmap(report, MemoryLayout<plumb_watch_report>.size)
    }

    /// Lets it begin and waits until nothing of it is left; to be called once.
    package func run() -> Ending {
        var word: UInt8 = 1
        while write(begin, &word, 1) < 0, errno == EINTR {}
        reap()
        let number = report.pointee.number
        switch plumb_watch_end(rawValue: UInt32(report.pointee.end)) {
        case PLUMB_WATCH_EXITED:
            do throws(SignatureError) {
                let said = try Program.Output(
                    status: Program.Output.exitStatus(of: number), output, errors)
                return .exited(
                    status: said.status, output: said.output, complaint: said.complaint)
            } catch {
                return .failed(error.fault)
            }
        case PLUMB_WATCH_NO_START:
            return .failed(
                "the program \(name) does not start: \(String(cString: strerror(number)))")
        case PLUMB_WATCH_LATE:
            return .failed("the program \(name) did not end within \(Int(limitSeconds)) s")
        case PLUMB_WATCH_EXCESS:
            return .failed("the program \(name) wrote more than \(mostBytes) bytes")
        default:
            return .unknown(
                "the process that watched \(name) was killed: nobody knows how far it came")
        }
    }

    private func reap() {
        guard !isReaped else { return }
        var status: Int32 = 0
        while waitpid(watcher, &status, 0) < 0, errno == EINTR {}
        isReaped = true
    }

    private static func noWatcher(_ path: String) -> SignatureError {
        SignatureError(
            .program,
            "no process can be started that watches \(path): \(String(cString: strerror(errno)))")
    }
}
