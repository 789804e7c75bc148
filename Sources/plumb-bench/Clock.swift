import Foundation

/// How long things take, and what the machine is doing meanwhile.
enum Stopwatch {
    /// Seconds that `body` took, with what it returned.
    static func time<Value>(_ body: () throws -> Value) rethrows -> (
        seconds: Double, value: Value
    ) {
        let start = DispatchTime.now().uptimeNanoseconds
        let value = try body()
        return (Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9, value)
    }

    /// Seconds of processor time that this thread spent in `body`: what one core does, also on a
    /// machine that is busy with other things.
    static func processorTime<Value>(_ body: () throws -> Value) rethrows -> (
        seconds: Double, value: Value
    ) {
        let start = threadSeconds
        let value = try body()
        return (threadSeconds - start, value)
    }

    private static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Several measurements of one thing, in seconds.
struct Series {
    private(set) var seconds: [Double] = []

    mutating func add(_ value: Double) {
        seconds.append(value)
    }

    var minimum: Double { seconds.min() ?? .nan }

    var median: Double {
        guard !seconds.isEmpty else { return .nan }
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// The machine under the benchmark, from `/proc`.
enum Machine {
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The load averages of the last one, five and fifteen minutes.
    static var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").prefix(3).joined(separator: " ")
    }

    /// The most memory that this process ever had resident, in megabytes of 10⁶ bytes.
    static var peakMegabytes: Double? {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
        return kibibytes.flatMap { Double($0) }.map { $0 * 1024 / 1e6 }
    }
}
