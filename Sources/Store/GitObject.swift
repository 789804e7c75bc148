import Basics
import Crypto

/// The type of a git object.
package enum ObjectKind: String, Sendable, Hashable {
    case commit
    case tree
    case blob
    case tag
}

/// An object of git: its kind, its bytes, and the id that follows from them.
package struct GitObject: Hashable, Sendable {
    package let kind: ObjectKind
    package let bytes: [UInt8]
    /// The SHA-1 of a header with kind and length, and of the bytes.
    package let id: ObjectID
    /// Whether `id` was made from the bytes, and not read beside them.
    package let isHashed: Bool

    package init(_ kind: ObjectKind, _ bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
        let header = Array("\(kind.rawValue) \(bytes.count)\0".utf8)
        id = ObjectID(bytes: ObjectHash.digest(of: header + bytes))
        isHashed = true
    }

    /// An object that was read, whose bytes are known to hash to `id`.
    package init(_ kind: ObjectKind, _ bytes: [UInt8], read id: ObjectID) {
        self.kind = kind
        self.bytes = bytes
        self.id = id
        isHashed = false
    }

    package static func == (left: GitObject, right: GitObject) -> Bool { left.id == right.id }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
