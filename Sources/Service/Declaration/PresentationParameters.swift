extension Presentation {
    /// What may be said over HTTP, of each endpoint, about how its answer is shown.
    package static let parameters: [Parameter] = [width, colour, most]

    private static let width = Parameter(
        "width", .number(least: 20, most: 1_000), in: .query,
        help: "the columns of texts (default: 100)")
    private static let colour = Parameter(
        "colour", .flag, in: .query, help: "whether texts have colours for a terminal")
    private static let most = Parameter(
        "maxBytes", .number(most: 10_000_000), in: .query,
        help: "the most bytes of Markdown (default: 60000)")

    /// Reads ``parameters``; throws ``UsageError`` where one cannot be meant.
    package init(_ values: [String: [String]]) throws(UsageError) {
        let asked = try Parameters(values, of: Self.parameters)
        self.init()
        width = asked.number(Self.width) ?? width
        isColoured = asked.has(Self.colour)
        maxBytes = asked.number(Self.most) ?? maxBytes
    }
}
