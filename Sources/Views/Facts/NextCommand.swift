/// The command to run next, complete, for the reader to copy.
enum NextCommand {
    /// - Parameter more: what an approval needs beside a reason to count: `--sign KEY`.
    static func approve(_ digest: String, environment: String, more: String?) -> String {
        "plumb approve \(digest) --environment \(shellQuoted(environment)) --reason \"…\""
            + (more.map { " \($0)" } ?? "")
    }

    static func plan(environment: String) -> String {
        "plumb plan --environment \(shellQuoted(environment))"
    }

    static func drift(environment: String) -> String {
        "plumb drift --environment \(shellQuoted(environment))"
    }

    static func reconcile(environment: String) -> String {
        "plumb reconcile --environment \(shellQuoted(environment))"
    }

    static func status(environment: String) -> String {
        "plumb status --environment \(shellQuoted(environment))"
    }

    static func endRollback(_ id: String, environment: String) -> String {
        "plumb rollback --end \(id) --environment \(shellQuoted(environment)) --reason \"…\""
    }

    static func retry(environment: String) -> String {
        "plumb retry --environment \(shellQuoted(environment)) --reason \"…\""
    }

    static func watch(environment: String) -> String {
        "plumb status --environment \(shellQuoted(environment)) --watch"
    }

    static func retry(_ rollout: String, finalizer: String, environment: String) -> String {
        "plumb retry \(rollout)" + option("finalizer", finalizer)
            + " --environment \(shellQuoted(environment)) --reason \"…\""
    }

    /// With every shard, or only the namespace where they are too many for a command line.
    static func heal(environment: String, namespace: String, shards: [String]) -> String {
        let base = "plumb reconcile --heal --environment \(shellQuoted(environment))"
        let place = option("namespace", namespace)
        guard shards.count <= 8 else { return base + place }
        return base + place + shards.map { option("shard", $0) }.joined()
    }

    private static func option(_ name: String, _ value: String) -> String {
        value.hasPrefix("-")
            ? " --\(name)=\(shellQuoted(value))" : " --\(name) \(shellQuoted(value))"
    }

    /// `text` quoted as one word for a shell.
    static func shellQuoted(_ text: String) -> String {
        if text.unicodeScalars.contains(where: Visible.isHidden) {
            let bytes = text.utf8.map { byte in
                (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "'")
                    && byte != UInt8(ascii: "\\")
                    ? String(Unicode.Scalar(byte))
                    : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "$'" + bytes.joined() + "'"
        }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-./:@%+=,".utf8.contains(byte)
            }
        }
        if isPlain, !text.isEmpty { return text }
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}
