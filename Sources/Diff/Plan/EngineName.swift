/// The name of an engine, that is of a way to bring a step about.
///
/// One that this release does not know survives reading and writing; nothing runs by it.
package struct EngineName: RawRepresentable, Codable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The statements are sent to the table as they are, one after the other.
    package static let direct = EngineName(rawValue: "direct")

    /// A copy is made beside the table, which takes its place in the end.
    package static let copy = EngineName(rawValue: "copy")

    /// Whether it can be a name: lower-case letters, digits and hyphens, 32 at most.
    package var isWellFormed: Bool {
        !rawValue.isEmpty && rawValue.utf8.count <= 32
            && rawValue.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }
}
