import CLinux
import Foundation

/// Runs another program (`gpg`, `ssh-keygen`) and waits for its end. What a fleet file names is run
/// by ``WatchedProgram``.
package enum Program {
    package struct Output: Sendable {
        /// The exit status; 128 plus the signal's number where a signal ended it.
        package let status: Int32
        package let output: String
        /// The first line of its standard error, without control characters.
        package let complaint: String
    }

    /// Runs the program `name`, an absolute path or found in `PATH`.
    ///
    /// It inherits `PATH`, the variables of `environment` and no open file but `input`. Throws
    /// `program` where it does not start or does not end in time, and where it writes more than
    /// `mostBytes`: then it is killed, with what it started.
    package static func run(
        _ name: String, _ arguments: [String], input: [UInt8], environment: [String: String],
        limitSeconds: Double, mostBytes: Int = TrustedFile.limit
    ) throws(SignatureError) -> Output {
        let files = try (
            MemoryFile(holding: input), MemoryFile(holding: []), MemoryFile(holding: [])
        )
        let process = try start(
            name, arguments, environment: environment,
            descriptors: [files.0.descriptor, files.1.descriptor, files.2.descriptor])
        let status = try wait(for: process, name, limitSeconds: limitSeconds) {
            [files.1, files.2].contains { $0.size > mostBytes } ? mostBytes : nil
        }
        return try Output(status: status, files.1, files.2)
    }

    /// What a program finds in its environment beside `variables`: where programs are.
    static func environment(_ variables: [String: String]) -> [String: String] {
        var variables = variables
        variables["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return variables
    }

    private static func start(
        _ name: String, _ arguments: [String], environment: [String: String],
        descriptors: [Int32]
    ) throws(SignatureError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (place, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, Int32(descriptors.count))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process blocks and ignores some signals; the program starts with the defaults.
        var none = sigset_t()
        sigemptyset(&none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for number in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP] { sigaddset(&usual, number) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let variables = Self.environment(environment)
        var argv = ([name] + arguments).map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, name, &actions, &attributes, &argv, &envp)
        guard code == 0 else {
            throw SignatureError(
                .program, "the program \(name) does not start: \(String(cString: strerror(code)))",
                remedy: "install it, and put it on PATH")
        }
        return process
    }

    /// - Parameter excess: how much it may write, where it has written more.
    private static func wait(
        for process: pid_t, _ name: String, limitSeconds: Double, excess: () -> Int?
    ) throws(SignatureError) -> Int32 {
        let limit = Date(timeIntervalSinceNow: limitSeconds)
        var pauseMicroseconds: UInt32 = 200
        while true {
            var status: Int32 = 0
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process {
                return Output.exitStatus(of: status)
            }
            guard ended == 0 || errno == EINTR else {
                throw SignatureError(.program, "the end of the program \(name) was missed")
            }
            let fault =
                Date() >= limit
                ? "did not end within \(Int(limitSeconds)) s"
                : excess().map { "wrote more than \($0) bytes" }
            if let fault {
                // It leads a group of its own, with what it started.
                kill(-process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                throw SignatureError(.program, "the program \(name) \(fault)")
            }
            usleep(pauseMicroseconds)
            pauseMicroseconds = min(10_000, pauseMicroseconds * 2)
        }
    }
}

extension Program.Output {
    /// What was written to the files that stood for standard output and error.
    init(
        status: Int32, _ output: MemoryFile, _ errors: MemoryFile
    ) throws(SignatureError) {
        let lines = String(decoding: try errors.contents(), as: UTF8.self)
        let complaint = lines.split(whereSeparator: \.isNewline).first ?? ""
        self.status = status
        self.output = String(decoding: try output.contents(), as: UTF8.self)
        self.complaint = String(
            String.UnicodeScalarView(
                complaint.unicodeScalars.filter { $0.properties.generalCategory != .control }
                    .prefix(200)))
    }

    /// The exit status of what `waitpid` reports; 128 plus the signal's number for a signal.
    static func exitStatus(of status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
