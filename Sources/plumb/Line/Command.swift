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

    /// The time that an option names: a date, or a time with a zone.
    func time(_ option: Option) throws -> Timestamp? {
        guard let word = value(option) else { return nil }
        let found = Timestamp(iso: word) ?? Timestamp(iso: word + "T00:00:00Z")
        guard let found else {
            throw UsageError(
                message: "--\(option.name) \(word): no such time",
                remedy: "write it like 2026-11-20 or 2026-11-20T18:04:00Z")
        }
        return found
    }

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
