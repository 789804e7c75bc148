import Basics

/// What was asked: texts by name, each checked against its declaration.
package struct Parameters: Sendable {
    /// How those who ask write the names of parameters.
    package enum Spelling: Sendable {
        /// As options of a command, which may ask for as much as it likes.
        case options
        /// By their names, over HTTP.
        case names
    }

    /// The texts of each parameter that was given.
    package let values: [String: [String]]
    private let spelling: Spelling

    /// The longest text over HTTP, in bytes, and the longest list.
    package static let mostBytes = 4_096
    package static let mostTexts = 1_000

    /// - Parameter values: the texts of each parameter that is given, in their order.
    ///
    /// Throws where one is unknown, missing, given twice, too long or not of its kind.
    package init(
        _ values: [String: [String]], of declared: [Parameter], spelling: Spelling = .names
    ) throws(UsageError) {
        let names = Set(declared.map(\.name))
        if let unknown = values.keys.filter({ !names.contains($0) }).min() {
            throw UsageError(
                message: "there is no parameter `\(unknown)` here",
                remedy: names.isEmpty
                    ? "leave it out"
                    : "those are \(names.sorted().joined(separator: ", "))")
        }
        self.spelling = spelling
        var kept: [String: [String]] = [:]
        for parameter in declared {
            var texts = values[parameter.name] ?? []
            if parameter.place == .path, !parameter.isRequired, texts == ["-"] { texts = [] }
            guard !texts.isEmpty else {
                guard !parameter.isRequired else { throw Self.missing(parameter, spelling) }
                continue
            }
            try Self.check(texts, of: parameter, spelling)
            kept[parameter.name] = texts
        }
        self.values = kept
    }

    /// Nil where it was not given.
    package func text(_ parameter: Parameter) -> String? { texts(parameter).last }

    package func texts(_ parameter: Parameter) -> [String] { values[parameter.name] ?? [] }

    /// The text of a parameter that is required.
    package func required(_ parameter: Parameter) throws(UsageError) -> String {
        guard let text = text(parameter) else { throw Self.missing(parameter, spelling) }
        return text
    }

    package func has(_ flag: Parameter) -> Bool {
        text(flag).flatMap(ParameterText.flag) ?? false
    }

    package func number(_ parameter: Parameter) -> Int? {
        text(parameter).flatMap(ParameterText.number)
    }

    package func seconds(_ parameter: Parameter) -> Int64? {
        text(parameter).flatMap(ParameterText.seconds)
    }

    package func time(_ parameter: Parameter) -> Timestamp? {
        text(parameter).flatMap(ParameterText.time)
    }

    /// The parameter as those who ask write it: `--reason`, or `reason`.
    package func name(_ parameter: Parameter) -> String { Self.name(parameter, spelling) }

    private static func name(_ parameter: Parameter, _ spelling: Spelling) -> String {
        switch spelling {
        case .options: parameter.argument != nil ? parameter.name : "--\(parameter.option)"
        case .names: parameter.name
        }
    }

    private static func missing(_ parameter: Parameter, _ spelling: Spelling) -> UsageError {
        parameter.lack
            ?? UsageError(
                message: "\(name(parameter, spelling)) is needed: \(parameter.help)",
                remedy: "give it")
    }

    private static func check(
        _ texts: [String], of parameter: Parameter, _ spelling: Spelling
    ) throws(UsageError) {
        let name = name(parameter, spelling)
        let isList = parameter.kind == .list
        guard isList || texts.count == 1 else {
            throw UsageError(message: "\(name) is given twice", remedy: "give it once")
        }
        if parameter.isRequired, texts == [""] { throw missing(parameter, spelling) }
        if case .names = spelling {
            guard texts.count <= mostTexts, texts.allSatisfy({ $0.utf8.count <= mostBytes }) else {
                throw UsageError(
                    message: "\(name) is too long",
                    remedy: isList
                        ? "give at most \(mostTexts), of at most \(mostBytes) bytes each"
                        : "use at most \(mostBytes) bytes")
            }
        }
        for text in texts {
            try ParameterText.check(
                text, as: name, parameter.kind, isBounded: spelling == .names)
        }
    }
}
