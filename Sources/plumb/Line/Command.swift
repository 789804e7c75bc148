import Basics
import Model

/// One command: its name, its help and its function.
struct Command: Sendable {
    let name: String
    let summary: String
    /// What follows the name in the usage line, such as `digest…`.
    var arguments: String = ""
    /// A paragraph for `--help`.
    var details: String = ""
    let options: [Option]
    let run: @Sendable (Invocation) throws -> ExitStatus
}

/// A parsed command line.
struct Invocation: Sendable {
    let arguments: [String]
    let values: [String: [String]]
    let switches: Set<String>

    func has(_ option: Option) -> Bool { switches.contains(option.name) }

    func value(_ option: Option) -> String? { values[option.name]?.last }

    func values(_ option: Option) -> [String] { values[option.name] ?? [] }
}

/// Why a command line could not be parsed.
struct UsageError: RemediedError {
    let fault: String
    let remedy: String?

    init(message fault: String, remedy: String? = nil) {
        self.fault = fault
        self.remedy = remedy
    }
}
