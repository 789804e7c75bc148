import Model
import Views

/// What an endpoint has to say, in each of the formats that it has.
package struct Answer: Sendable {
    /// The exit status of the command that asks.
    package let exit: ExitStatus
    /// The formats that exist; text is one of them.
    package let formats: [Format]
    /// Whether what it shows goes on, so that it is worth asking again.
    package let isOpen: Bool
    /// What a command says on standard error beside it; nil for nothing.
    package let note: String?
    /// How it is made safe for output; nil for as its format asks.
    private let output: SafeOutput?
    private let render: @Sendable (Format, Presentation) -> String

    /// The formats of most answers.
    package static let usual: [Format] = [.text, .json, .markdown]

    /// - Parameters:
    ///   - output: how the answer is made safe for output; nil for as its format asks.
    ///   - render: called with one of `formats`; need not be safe for output.
    package init(
        exit: ExitStatus = .done, formats: [Format] = Answer.usual, isOpen: Bool = false,
        note: String? = nil, output: SafeOutput? = nil,
        render: @escaping @Sendable (Format, Presentation) -> String
    ) {
        self.exit = exit
        self.formats = formats
        self.isOpen = isOpen
        self.note = note
        self.output = output
        self.render = render
    }

    /// The whole answer, with its final line feed, safe for output; in text where it has no such
    /// format.
    package func text(_ format: Format, _ presentation: Presentation = Presentation()) -> String {
        let format = formats.contains(format) ? format : .text
        var presentation = presentation
        if format != .text { presentation.isColoured = false }
        let output = output ?? format.output ?? .text(isColoured: presentation.isColoured)
        return output.safe(render(format, presentation))
    }
}
