/// Reads `30s`, `10m`, `1h30m`, `2d`: units in descending order, each at most once.
enum DurationText {
    private static let units: [(letter: Character, seconds: Int)] = [
        ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]

    /// A year, and the day by which some are longer.
    static let yearSeconds = 366 * 86_400

    /// The duration in seconds; nil where `text` is no duration or longer than `most` seconds.
    static func seconds(_ text: String, most: Int = yearSeconds) -> Int? {
        var rest = text[...]
        var total = 0
        var place = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            guard digits.count <= 8, let count = Int(digits), let letter = rest.popFirst(),
                let unit = units[place...].firstIndex(where: { $0.letter == letter })
            else { return nil }
            total += count * units[unit].seconds
            place = unit + 1
        }
        return total <= most ? total : nil
    }
}
