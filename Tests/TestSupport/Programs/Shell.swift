import Foundation

/// Runs programs.
package enum Shell {
    package struct Output: Sendable {
        /// The exit status; 128 + the signal's number when a signal ended the program.
        package let status: Int32
        package let stdout: String
        package let stderr: String
    }

    /// Runs a program to its end. `environment` is added to the one of this process.
    package static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        folder: String? = nil, input: String? = nil
    ) throws -> Output {
        let files = try TemporaryFolder()
        let inputFile = input == nil ? "/dev/null" : try files.write(input ?? "", to: "input")
        let process = try spawn(
            executable, arguments, environment: environment, folder: folder,
            descriptors: [
                (0, inputFile, O_RDONLY), (1, files.path + "/out", O_WRONLY | O_CREAT),
                (2, files.path + "/err", O_WRONLY | O_CREAT),
            ])
        let status = wait(for: process)
        return Output(
            status: status, stdout: try text(files.path + "/out"),
            stderr: try text(files.path + "/err"))
    }

    /// As `run`, and throws what the program wrote to its standard error when it fails.
    @discardableResult
    package static func check(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        folder: String? = nil, input: String? = nil
    ) throws -> String {
        let output = try run(
            executable, arguments, environment: environment, folder: folder, input: input)
        guard output.status == 0 else {
            throw TestSupportError(
                "\(executable) \(arguments.joined(separator: " ")): status \(output.status)\n"
                    + output.stderr + output.stdout)
        }
        return output.stdout
    }

    /// Held while a program starts and while a descriptor exists that no program may inherit.
    private static let inheritance = NSLock()

    /// A pipe whose two ends no program inherits unless it is told to.
    static func pipe() throws -> (reading: Int32, writing: Int32) {
        try inheritance.withLock {
            var ends: [Int32] = [0, 0]
            guard Glibc.pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0,
                fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
            else { throw TestSupportError("cannot make a pipe") }
            return (ends[0], ends[1])
        }
    }

    /// Starts a program and returns its process number. A descriptor is a file to open with flags.
    package static func spawn(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        folder: String? = nil, descriptors: [(Int32, String, Int32)],
        duplicates: [(from: Int32, to: Int32)] = []
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, path, flags) in descriptors {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o600)
        }
        for (from, to) in duplicates { posix_spawn_file_actions_adddup2(&actions, from, to) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: a Ctrl-C at the test run must not reach it before the tests do.
        // And no signal blocked, which the threads that run tests do.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var command = [executable] + arguments
        if let folder { command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + command }
        var argv = command.map { strdup($0) } + [nil]
        var envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let code = inheritance.withLock {
            posix_spawnp(&process, command[0], &actions, &attributes, &argv, &envp)
        }
        guard code == 0 else {
            throw TestSupportError("cannot run \(executable): \(String(cString: strerror(code)))")
        }
        return process
    }

    /// Waits for the end of a process of our own.
    @discardableResult
    package static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return exitStatus(status)
    }

    /// The end of a process of our own, if it has ended.
    package static func ended(_ process: pid_t) -> Int32? {
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) == process ? exitStatus(status) : nil
    }

    private static func exitStatus(_ status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
}
