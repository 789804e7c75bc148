import Basics
import Model

/// One command: its name, its help and what it does.
struct Command: Sendable {
    let name: String
    let summary: String
    /// What stands behind the name: `digest…`.
    var arguments: String = ""
    /// A paragraph for `--help`.
    var details: String = ""
    let options: [Option]
    let run: @Sendable (Invocation) throws -> ExitStatus
}

/// A command line that was understood.
struct Invocation: Sendable {
    let arguments: [String]
    let values: [String: [String]]
    let switches: Set<String>

    func has(_ option: Option) -> Bool { switches.contains(option.name) }

    func value(_ option: Option) -> String? { values[option.name]?.last }

    func values(_ option: Option) -> [String] { values[option.name] ?? [] }
}

/// Why a command line was not understood.
struct UsageError: RemediedError {
    let fault: String
    let remedy: String?

    init(message fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
