import Basics
import Foundation

/// The author and time of a commit.
package struct Authorship: Sendable, Hashable {
    package let name: String
    package let email: String
    /// In whole seconds.
    package let time: Date

    package init(name: String, email: String, time: Date) {
        self.name = name
        self.email = email
        self.time = time
    }

    /// As it stands in a header, in the time of Greenwich.
    ///
    /// Throws `invalid` for a name or an address that git does not take.
    fileprivate func header() throws(StoreError) -> String {
        let texts = [name, email].map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard texts.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(where: Self.refused.contains) })
        else {
            throw StoreError(
                .invalid, "\(name) <\(email)>: not a name and address git accepts",
                remedy: "neither may be empty or hold '<', '>' or a line break")
        }
        let seconds = Int64(time.timeIntervalSince1970.rounded(.down))
        return "\(texts[0]) <\(texts[1])> \(seconds) +0000"
    }

    private static let refused: [UInt8] = [
        0, UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "<"), UInt8(ascii: ">"),
    ]
}

/// A commit of git.
package struct CommitObject: Hashable, Sendable {
    package let tree: ObjectID
    package let parents: [ObjectID]
    package let author: Authorship
    /// The whole message.
    package let message: String

    package init(tree: ObjectID, parents: [ObjectID], author: Authorship, message: String) {
        self.tree = tree
        self.parents = parents
        self.author = author
        self.message = message
    }

    /// The first line of the message.
    package var summary: String {
        message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true)
            .first.map(String.init) ?? ""
    }

    /// The commit as git stores it.
    ///
    /// Throws `invalid` for an author that git does not take, and the errors of `signer`.
    ///
    /// - Parameter signer: returns the armoured signature of the text of a commit; nil for an
    ///   unsigned commit.
    package func object(signer: (([UInt8]) throws -> String)?) throws -> GitObject {
        let who = try author.header()
        let headers =
            (["tree \(tree.hex)"] + parents.map { "parent \($0.hex)" }
            + ["author \(who)", "committer \(who)"]).joined(separator: "\n") + "\n"
        let body = "\n" + message
        guard let signer else { return GitObject(.commit, Array((headers + body).utf8)) }
        // A line break at the end would become another line of the header.
        let armoured = try signer(Array((headers + body).utf8)).trimmingCharacters(in: .newlines)
        let field = "gpgsig " + armoured.replacingOccurrences(of: "\n", with: "\n ") + "\n"
        return GitObject(.commit, Array((headers + field + body).utf8))
    }

    /// Reads the bytes of a commit; throws `corrupt` where they are none.
    package init(_ object: GitObject) throws(StoreError) {
        guard object.kind == .commit, let found = Self(bytes: object.bytes) else {
            throw StoreError(.corrupt, "object \(object.id) is no commit")
        }
        self = found
    }

    private init?(bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        var (tree, parents): (ObjectID?, [ObjectID]) = (nil, [])
        var author: Authorship?
        var place = 0
        while place < bytes.count, bytes[place] != newline {
            guard let end = bytes[place...].firstIndex(of: newline) else { return nil }
            let line = String(decoding: bytes[place..<end], as: UTF8.self)
            if line.hasPrefix("tree ") {
                tree = tree ?? ObjectID(hex: line.dropFirst(5))
            } else if line.hasPrefix("parent ") {
                guard let parent = ObjectID(hex: line.dropFirst(7)) else { return nil }
                parents.append(parent)
            } else if line.hasPrefix("author ") {
                author = author ?? Self.author(line.dropFirst(7))
            }
            place = end + 1
        }
        guard let tree, let author, place < bytes.count else { return nil }
        self.init(
            tree: tree, parents: parents, author: author,
            message: String(decoding: bytes[(place + 1)...], as: UTF8.self))
    }

    /// `name <address> seconds zone`
    private static func author(_ text: Substring) -> Authorship? {
        guard let open = text.firstIndex(of: "<"), let close = text.lastIndex(of: ">"),
            open < close
        else { return nil }
        let email = text[text.index(after: open)..<close]
        let name = text[..<open].trimmingCharacters(in: .whitespaces)
        let words = text[text.index(after: close)...].split(separator: " ")
        let seconds = words.first.flatMap { Int64($0) } ?? 0
        return Authorship(
            name: name, email: String(email),
            time: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }
}
