import Foundation

/// The host keys of a `known_hosts` file.
///
/// Plain names are supported, with a port as `[name]:port`; `@revoked` keys are refused. Hashed
/// names, patterns and `@cert-authority` lines are ignored.
struct KnownHosts {
    private var keys: [String: Set<[UInt8]>] = [:]
    private var revoked: Set<[UInt8]> = []

    /// Reads the file; throws `certificate` when it cannot be read.
    init(file: String) throws(GitError) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw GitError(
                .certificate, "\(file): cannot read the known host keys", remedy: "check the path")
        }
        self.init(text: text)
    }

    init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            var fields = line.split(whereSeparator: \.isWhitespace)
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            let marker = first.hasPrefix("@") ? String(fields.removeFirst()) : ""
            guard fields.count >= 3, let key = Data(base64Encoded: String(fields[2])) else {
                continue
            }
            switch marker {
            case "":
                for name in fields[0].split(separator: ",") {
                    keys[name.lowercased(), default: []].insert(Array(key))
                }
            case "@revoked": revoked.insert(Array(key))
            default: continue
            }
        }
    }

    /// Whether `key`, in SSH's wire format, is listed for the host and not revoked.
    func contains(host: String, port: Int, key: [UInt8]) -> Bool {
        let name = host.lowercased()
        let entry = port == 22 ? name : "[\(name)]:\(port)"
        return !revoked.contains(key) && keys[entry]?.contains(key) == true
    }

    /// The type of a key in SSH's wire format, which begins with the length of the type's name.
    static func type(of key: [UInt8]) -> String {
        guard key.count > 4 else { return "unknown" }
        let length = key[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= key.count - 4 else { return "unknown" }
        return String(decoding: key[4..<4 + length], as: UTF8.self)
    }
}
