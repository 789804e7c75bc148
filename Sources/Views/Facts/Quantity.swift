/// Formats numbers with units.
package enum Quantity {
    /// `1.2 M`, `41 M`, `980`.
    static func rows(_ count: UInt64) -> String {
        scaled(count, units: ["", "k", "M", "G", "T"])
    }

    /// `9.2 GB`, in powers of ten.
    package static func bytes(_ count: UInt64) -> String {
        scaled(count, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB"])
    }

    /// Two digits below ten, whole numbers from there on.
    private static func scaled(_ count: UInt64, units: [String]) -> String {
        var place = 0
        var divisor: UInt64 = 1
        while place < units.count - 1, count / divisor >= 1000 {
            place += 1
            divisor *= 1000
        }
        let number: String
        if place > 0, count / divisor < 10 {
            let tenths = count / (divisor / 10)
            number = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        } else {
            number = "\(count / divisor)"
        }
        return units[place].isEmpty ? number : "\(number) \(units[place])"
    }

    /// `40 s`, `10 min`, `1 h 30 min`.
    static func seconds(_ count: Int64) -> String {
        if count < 120 { return "\(count) s" }
        if count < 7200, count % 60 == 0 || count >= 600 { return "\(count / 60) min" }
        if count < 7200 { return "\(count / 60) min \(count % 60) s" }
        let minutes = count % 3600 / 60
        return "\(count / 3600) h" + (minutes == 0 ? "" : " \(minutes) min")
    }
}
