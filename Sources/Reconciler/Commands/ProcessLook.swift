import Foundation
import Model

/// Looks at the processes of this machine.
enum ProcessLook {
    /// A process as it can be recognised later; nil where there is none, or the system does not
    /// say enough.
    static func record(of number: Int32) -> ProcessRecord? {
        guard let here, let begin = startTicks(of: number) else { return nil }
        return ProcessRecord(place: here, number: number, startTicks: begin)
    }

    /// Whether a process is still there.
    static func presence(of record: ProcessRecord) -> ProcessRecord.Presence {
        // Where not even the own process is seen, that another one is not says nothing.
        let place = startTicks(of: getpid()) == nil ? nil : here
        return record.presence(from: place, startTicks: startTicks)
    }

    private static var here: ProcessRecord.Place? {
        guard let boot = line("/proc/sys/kernel/random/boot_id"),
            let namespace = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/ns/pid")
        else { return nil }
        return ProcessRecord.Place(
            host: ProcessInfo.processInfo.hostName, machine: line("/etc/machine-id"), boot: boot,
            namespace: namespace)
    }

    /// When a process began; nil where there is none, or it has ended and nobody has asked how.
    private static func startTicks(of number: Int32) -> UInt64? {
        // The name before the bracket can contain anything; `state` is the next field, and the
        // start the twentieth from there.
        let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
        guard let end = text?.lastIndex(of: ")"), let text else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    private static func line(_ path: String) -> String? {
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        let line = text?.split(whereSeparator: \.isNewline).first.map(String.init)
        return line?.isEmpty == false ? line : nil
    }
}
