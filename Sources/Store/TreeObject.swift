import Basics

/// A tree of git: the entries of one folder, in git's order.
package struct TreeObject: Hashable, Sendable {
    /// What an entry stands for, by the digits of its mode.
    package enum Mode: String, Hashable, Sendable {
        case folder = "40000"
        case file = "100644"
        case executable = "100755"
        case symlink = "120000"
        case submodule = "160000"
    }

    /// One name in the folder.
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let mode: Mode
        package let id: ObjectID

        package init(_ name: String, _ mode: Mode, _ id: ObjectID) {
            self.name = name
            self.mode = mode
            self.id = id
        }

        /// Git sorts a folder as if its name ended in `/`.
        fileprivate var sortingName: [UInt8] {
            Array(name.utf8) + (mode == .folder ? [UInt8(ascii: "/")] : [])
        }
    }

    /// The entries, each name once.
    package let entries: [Entry]

    /// - Parameter entries: in any order, each name once.
    package init(_ entries: some Collection<Entry>) {
        self.entries = entries.map { ($0, $0.sortingName) }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }

    /// Reads the bytes of a tree; throws `corrupt` where they are none.
    package init(_ object: GitObject) throws(StoreError) {
        guard object.kind == .tree, let entries = Self.entries(object.bytes) else {
            throw StoreError(.corrupt, "object \(object.id) is no tree of names")
        }
        self.entries = entries
    }

    /// The tree as git stores it.
    package var object: GitObject {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += entry.mode.rawValue.utf8
            bytes.append(UInt8(ascii: " "))
            bytes += entry.name.utf8
            bytes.append(0)
            bytes += entry.id.bytes
        }
        return GitObject(.tree, bytes)
    }

    /// The entry of this name; nil where there is none.
    package func entry(_ name: String) -> Entry? {
        find(Array(name.utf8), name) ?? find(Array(name.utf8) + [UInt8(ascii: "/")], name)
    }

    private func find(_ sortingName: [UInt8], _ name: String) -> Entry? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].sortingName.lexicographicallyPrecedes(sortingName) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < entries.count, entries[low].name == name else { return nil }
        return entries[low]
    }

    private static func entries(_ bytes: [UInt8]) -> [Entry]? {
        var result: [Entry] = []
        var place = 0
        while place < bytes.count {
            guard let space = bytes[place...].firstIndex(of: UInt8(ascii: " ")),
                let end = bytes[(space + 1)...].firstIndex(of: 0), end + 20 < bytes.count,
                let mode = mode(bytes[place..<space]),
                let name = String(validating: bytes[(space + 1)..<end], as: UTF8.self),
                !name.isEmpty
            else { return nil }
            let id = bytes[(end + 1)...(end + 20)].withUnsafeBytes { ObjectID(raw: $0) }
            let entry = Entry(name, mode, id)
            guard result.last?.sortingName.lexicographicallyPrecedes(entry.sortingName) ?? true
            else { return nil }
            result.append(entry)
            place = end + 21
        }
        return result
    }

    /// Old versions of git wrote a leading zero, and the rights of the group.
    private static func mode(_ digits: ArraySlice<UInt8>) -> Mode? {
        let text = String(decoding: digits.drop { $0 == UInt8(ascii: "0") }, as: UTF8.self)
        return Mode(rawValue: text) ?? (text == "100664" ? .file : nil)
    }
}
