/// One thing that may be said with a question: its name, its kind and its limits.
///
/// A command has it as an option, or as an argument; a request over HTTP in its path, its query or
/// the members of its body.
package struct Parameter: Hashable, Sendable {
    /// In camel case, as members of JSON documents are.
    package let name: String
    package let place: Place
    package let kind: Kind
    package let isRequired: Bool
    /// What it is, as the help of the option says it.
    package let help: String
    /// What a command calls it that has it as an argument, such as `a rollout`; nil where it has it
    /// as an option.
    package let argument: String?
    /// What stands for its value in the help; nil for a word of its kind.
    private let word: String?
    /// What is said where it is required and missing; nil for that it is needed.
    package let lack: UsageError?

    /// Where a request over HTTP has it.
    package enum Place: String, Hashable, Sendable {
        /// Where it is not required, `-` stands for none.
        case path
        case query, body
    }

    /// What its text is.
    package enum Kind: Hashable, Sendable {
        case text
        /// The beginning of a name, four characters at least.
        case beginning
        /// A shard, as `namespace/name`.
        case shard
        /// A positive whole number. Both bounds hold for what is asked over HTTP.
        case number(least: Int = 1, most: Int)
        case flag
        /// A date, or a time with a zone.
        case time
        /// A number with s, m, h or d.
        case duration
        /// Several texts.
        case list
    }

    package init(
        _ name: String, _ kind: Kind, in place: Place, isRequired: Bool = false,
        argument: String? = nil, word: String? = nil, lack: UsageError? = nil, help: String
    ) {
        self.name = name
        self.place = place
        self.kind = kind
        self.isRequired = isRequired
        self.argument = argument
        self.word = word
        self.lack = lack
        self.help = help
    }

    /// The name of the command's option: `atOnce` is `at-once`.
    package var option: String {
        name.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
        }
    }

    /// What stands for its value in the help of the option; nil for a flag.
    package var value: String? {
        switch kind {
        case .text, .beginning, .shard, .list: word ?? "text"
        case .number: word ?? "number"
        case .time: word ?? "time"
        case .duration: word ?? "duration"
        case .flag: nil
        }
    }
}
