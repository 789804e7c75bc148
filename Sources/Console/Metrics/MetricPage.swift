/// A page in the text format of Prometheus, version 0.0.4.
struct MetricPage {
    private(set) var text = ""
    private var begun: Set<Metric> = []

    /// Adds one value.
    ///
    /// - Parameter labels: the values of the metric's labels, in their order.
    mutating func add(_ metric: Metric, _ value: Double, _ labels: String...) {
        begin(metric)
        line(metric.rawValue, Array(zip(metric.labels, labels)), value)
    }

    mutating func add(_ metric: Metric, _ value: Int, _ labels: String...) {
        begin(metric)
        line(metric.rawValue, Array(zip(metric.labels, labels)), Double(value))
    }

    mutating func add(_ metric: Metric, _ histogram: Histogram, _ labels: String...) {
        begin(metric)
        let labels = Array(zip(metric.labels, labels))
        for (bound, count) in histogram.buckets {
            line(metric.rawValue + "_bucket", labels + [("le", Self.number(bound))], Double(count))
        }
        line(metric.rawValue + "_bucket", labels + [("le", "+Inf")], Double(histogram.count))
        line(metric.rawValue + "_sum", labels, histogram.sum)
        line(metric.rawValue + "_count", labels, Double(histogram.count))
    }

    private mutating func begin(_ metric: Metric) {
        guard begun.insert(metric).inserted else { return }
        text += "# HELP \(metric.rawValue) \(metric.help).\n"
        text += "# TYPE \(metric.rawValue) \(metric.kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        text += name + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, letter in
            switch letter {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n", "\r\n": result += "\\n"
            default: result.append(letter)
            }
        }
    }
}
