import Foundation

/// Prints one line for each measurement and counts missed goals.
struct Scoreboard {
    private(set) var missed: [String] = []
    private var started = DispatchTime.now().uptimeNanoseconds
    private var recorded = 0

    /// The goal of a figure.
    enum Goal {
        case atMost(Double)
        case atLeast(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atMost(let limit): value <= limit
            case .atLeast(let limit): value >= limit
            }
        }

        func text(_ format: (Double) -> String) -> String {
            switch self {
            case .atMost(let limit): "goal ≤ \(format(limit))"
            case .atLeast(let limit): "goal ≥ \(format(limit))"
            }
        }
    }

    /// One line: the name, the figure, what it is compared with, and whether `value` meets its
    /// goal.
    mutating func record(
        _ what: String, figure: String, against: String? = nil, value: Double, goal: Goal,
        _ format: (Double) -> String
    ) {
        let isMet = goal.isMet(by: value)
        recorded += 1
        if !isMet { missed.append(what.trimmingCharacters(in: .whitespaces)) }
        var parts = [figure, against.map { "\($0): \(format(value))" } ?? format(value)]
        parts.append(goal.text(format))
        parts.append(isMet ? "met" : "NOT met")
        Self.line(what, parts.joined(separator: " · "))
    }

    /// A line without a goal.
    func note(_ what: String, _ text: String) {
        Self.line(what, text)
    }

    mutating func heading(_ text: String) {
        started = DispatchTime.now().uptimeNanoseconds
        Self.write("\n\(text)  (load \(Machine.load) on \(Machine.cores) cores)\n")
    }

    /// The last line of a section: how long it took.
    func ended() {
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        Self.write("  (this section took \(Text.seconds(seconds)), load \(Machine.load))\n")
    }

    /// The last lines: how many goals were met, and which were not.
    func close() {
        let met = recorded - missed.count
        Self.write("\n\(met) of \(recorded) goals met\n")
        for what in missed { Self.write("  not met: \(what)\n") }
    }

    private static func line(_ what: String, _ text: String) {
        let padding = String(repeating: " ", count: max(1, 34 - what.count))
        write("  \(what)\(padding)\(text)\n")
    }

    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

/// Formats numbers.
enum Text {
    static func seconds(_ value: Double) -> String {
        value < 1 ? String(format: "%.0f ms", value * 1000) : String(format: "%.2f s", value)
    }

    static func milliseconds(_ value: Double) -> String {
        String(format: "%.2f ms", value * 1000)
    }

    static func times(_ value: Double) -> String { String(format: "%.2f×", value) }

    static func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }

    static func count(_ value: Double) -> String { String(format: "%.0f", value) }

    static func megabytes(_ value: Double) -> String { String(format: "%.0f MB", value) }

    static func kilobytes(_ value: Double) -> String { String(format: "%.1f kB", value) }

    /// Measurements far below a second.
    static func fine(_ series: Series) -> String {
        String(
            format: "%.2f ms (min %.2f ms, %d runs)", series.median * 1000,
            series.minimum * 1000, series.seconds.count)
    }

    /// Measurements that are not seconds but how often something was done in one.
    static func rates(_ series: Series) -> String {
        String(
            format: "%.0f a second (min %.0f, %d runs)", series.median, series.minimum,
            series.seconds.count)
    }

    static func series(_ series: Series) -> String {
        "\(seconds(series.median)) (min \(seconds(series.minimum)), \(series.seconds.count) runs)"
    }
}
