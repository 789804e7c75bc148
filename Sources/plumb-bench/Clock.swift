import Foundation

/// Measures how long things take, and the load of the machine.
enum Stopwatch {
    /// How many seconds `body` took, with its result.
    static func time<Value>(_ body: () throws -> Value) rethrows -> (
        seconds: Double, value: Value
    ) {
        let start = DispatchTime.now().uptimeNanoseconds
        let value = try body()
        return (Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9, value)
    }

    /// The processor time of this thread in `body`, in seconds: the work of one core, even on a
    /// busy machine.
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

/// Several measurements of the same thing, in seconds.
struct Series {
    private(set) var seconds: [Double] = []

    mutating func add(_ value: Double) {
        seconds.append(value)
    }

    var minimum: Double { seconds.min() ?? .nan }

    /// From the first quarter of the sorted measurements to the last.
    var spread: Double {
        guard !seconds.isEmpty else { return .nan }
        let sorted = seconds.sorted()
        return sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
    }

    var median: Double {
        guard !seconds.isEmpty else { return .nan }
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// The machine that runs the benchmark, from `/proc`.
enum Machine {
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// The load averages of the last one, five and fifteen minutes.
    static var load: String {
        let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return text.split(separator: " ").prefix(3).joined(separator: " ")
    }

    /// The processor time of this process until now, in seconds.
    static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
    }

    /// The peak resident memory of this process, in megabytes of 10⁶ bytes.
    static var peakMegabytes: Double? {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
        return kibibytes.flatMap { Double($0) }.map { $0 * 1024 / 1e6 }
    }
}
