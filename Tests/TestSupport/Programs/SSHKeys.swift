import Foundation

/// Keys that `ssh-keygen` makes.
package enum SSHKeys {
    /// Makes a pair of keys; the path of the private half, beside which the public one is `.pub`.
    ///
    /// - Parameter type: the words of `-t`, with a size where the kind has several.
    @discardableResult
    package static func make(
        _ path: String, type: [String] = ["ed25519"], passphrase: String = "",
        comment: String = "a comment"
    ) throws -> String {
        try Shell.check(
            "ssh-keygen", ["-q", "-t"] + type + ["-N", passphrase, "-C", comment, "-f", path])
        return path
    }

    /// The line of the public half, without its line break.
    package static func publicLine(_ path: String) throws -> String {
        try String(contentsOfFile: path + ".pub", encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }
}
