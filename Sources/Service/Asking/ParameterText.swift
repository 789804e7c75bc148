import Basics

/// The texts of numbers, times and durations, wherever they are given.
package enum ParameterText {
    /// A positive whole number; nil for anything else.
    package static func number(_ text: String) -> Int? {
        Int(text).flatMap { $0 > 0 ? $0 : nil }
    }

    /// A duration in seconds: `30s`, `10m`, `12h`, `7d`; nil for anything else.
    package static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()),
            number > 0
        else { return nil }
        let (seconds, isTooLong) = number.multipliedReportingOverflow(by: unit)
        return isTooLong ? nil : seconds
    }

    /// A date, or a time with a zone; nil for anything else.
    package static func time(_ text: String) -> Timestamp? {
        Timestamp(iso: text) ?? Timestamp(iso: text + "T00:00:00Z")
    }

    /// Whether a flag is set; nil for anything but `true`, `1`, `false` and `0`.
    package static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    /// Throws where the text is not of the kind.
    ///
    /// - Parameters:
    ///   - name: what it is the text of, as those who ask write it.
    ///   - isBounded: whether the bounds of numbers hold.
    package static func check(
        _ text: String, as name: String, _ kind: Parameter.Kind, isBounded: Bool = false
    ) throws(UsageError) {
        switch kind {
        case .text, .beginning, .shard, .list: return
        case .number(let least, let most):
            guard let number = number(text) else {
                throw UsageError(
                    message: "\(name) \(text): no such number",
                    remedy: "use a positive whole number")
            }
            guard !isBounded || number >= least else {
                throw UsageError(
                    message: "\(name) \(text): too few", remedy: "use \(least) at least")
            }
            guard !isBounded || number <= most else {
                throw UsageError(
                    message: "\(name) \(text): too many", remedy: "use \(most) at most")
            }
        case .flag:
            guard flag(text) == nil else { return }
            throw UsageError(
                message: "\(name) \(text): neither true nor false", remedy: "use true or false")
        case .time:
            guard time(text) == nil else { return }
            throw UsageError(
                message: "\(name) \(text): no such time",
                remedy: "write it like 2026-11-20 or 2026-11-20T18:04:00Z")
        case .duration:
            guard seconds(text) == nil else { return }
            throw UsageError(
                message: "\(name) \(text): no such duration",
                remedy: "use a number with s, m, h or d, such as 30s")
        }
    }
}
