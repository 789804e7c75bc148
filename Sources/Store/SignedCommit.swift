import Foundation

/// A commit, split into its signature and the text that was signed.
package struct SignedCommit: Hashable, Sendable {
    /// The whole commit without its signature.
    package let payload: [UInt8]
    /// Armoured; nil where the commit has none.
    package let signature: String?
    /// When it was committed, by the committer's own clock.
    package let committedAt: Date
}

extension SignedCommit {
    /// The signature of the commit with these bytes, as `git verify-commit` finds it.
    ///
    /// Throws `invalid` for a commit that another program could read differently: its signer is not
    /// certain. Other libraries also take text in the middle of a message for a signature, and stop
    /// at a zero byte.
    package init(_ commit: GitObject) throws(StoreError) {
        do throws(CommitText.Oddity) {
            self = try CommitText.part(commit.bytes)
        } catch {
            throw StoreError(
                .invalid, "commit \(commit.id): \(error.reason)",
                remedy: "nobody can say who signed it: commit it again with git")
        }
    }
}

/// The text of a commit (git's Documentation/technical/signature-format).
enum CommitText {
    /// Why the text of a commit is refused.
    struct Oddity: Error {
        let reason: String
    }

    /// One header with its continuation lines.
    private struct Header {
        let name: String
        var value: [UInt8]
        let range: Range<Int>
    }

    private static let field = "gpgsig"
    /// The required headers in their order; `parent` may be missing or repeated.
    private static let order = ["tree", "parent", "author", "committer"]

    static func part(_ bytes: [UInt8]) throws(Oddity) -> SignedCommit {
        guard !bytes.contains(0) else {
            throw Oddity(reason: "it has a zero byte, at which some programs stop reading")
        }
        let headers = try headers(bytes)
        let known = headers.map(\.name).filter(order.contains)
        guard known == known.sorted(by: precedes), headers.prefix(known.count).map(\.name) == known,
            order.allSatisfy({ name in
                let count = known.filter { $0 == name }.count
                return name == "parent" || count == 1
            })
        else { throw Oddity(reason: "its headers are not those of one commit, in git's order") }
        guard !headers.contains(where: { $0.name.hasPrefix(field) && $0.name != field }) else {
            throw Oddity(reason: "it has a signature for another hash function")
        }
        let signatures = headers.filter { $0.name == field }
        guard signatures.count <= 1 else {
            throw Oddity(reason: "it has \(signatures.count) signatures")
        }
        guard let time = headers.first(where: { $0.name == "committer" }).flatMap(time) else {
            throw Oddity(reason: "it does not say when it was committed")
        }
        guard let signature = signatures.first else {
            return SignedCommit(payload: bytes, signature: nil, committedAt: time)
        }
        guard let text = String(validating: signature.value, as: UTF8.self) else {
            throw Oddity(reason: "its signature is no text")
        }
        let payload = bytes[..<signature.range.lowerBound] + bytes[signature.range.upperBound...]
        return SignedCommit(payload: Array(payload), signature: text, committedAt: time)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }

    private static let noMessage = Oddity(
        reason: "it has no empty line between its headers and its message")

    /// The headers, up to the empty line.
    private static func headers(_ bytes: [UInt8]) throws(Oddity) -> [Header] {
        let lineFeed = UInt8(ascii: "\n")
        let blank = UInt8(ascii: " ")
        var result: [Header] = []
        var start = 0
        while start < bytes.count, bytes[start] != lineFeed {
            guard let end = bytes[start...].firstIndex(of: lineFeed) else { throw noMessage }
            let line = bytes[start..<end]
            if line.first == blank {
                guard let last = result.popLast() else {
                    throw Oddity(reason: "its first header continues another")
                }
                result.append(
                    Header(
                        name: last.name, value: last.value + [lineFeed] + line.dropFirst(),
                        range: last.range.lowerBound..<end + 1))
            } else {
                guard let space = line.firstIndex(of: blank) else {
                    throw Oddity(reason: "it has a header without a value")
                }
                result.append(
                    Header(
                        name: String(decoding: line[..<space], as: UTF8.self),
                        value: Array(line[(space + 1)...]), range: start..<end + 1))
            }
            start = end + 1
        }
        guard start < bytes.count else { throw noMessage }
        return result
    }

    /// The seconds behind the address of a header.
    private static func time(_ header: Header) -> Date? {
        let words = header.value.split(separator: UInt8(ascii: " "))
        // name <address> seconds zone
        guard words.count >= 3, words[words.count - 3].last == UInt8(ascii: ">"),
            let seconds = Int64(String(decoding: words[words.count - 2], as: UTF8.self)),
            seconds >= 0, seconds < 1 << 40
        else { return nil }
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }
}
