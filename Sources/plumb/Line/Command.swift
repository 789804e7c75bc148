import Basics
import Model
import Service

/// One command: its name, its help and its function.
struct Command: Sendable {
    let name: String
    let summary: String
    /// What follows the name in the usage line, such as `digest…`.
    var arguments: String = ""
    /// What may stand as an argument.
    var argumentValues: Option.Values = .any
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
        try ParameterText.check(word, as: "--\(option.name)", .time)
        return ParameterText.time(word)
    }

    func has(_ option: Option) -> Bool { switches.contains(option.name) }

    func value(_ option: Option) -> String? { values[option.name]?.last }

    func values(_ option: Option) -> [String] { values[option.name] ?? [] }
}
