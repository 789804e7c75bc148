import Basics
import Crypto

/// An object of git: its kind, its bytes, and the id that follows from them.
package struct GitObject: Hashable, Sendable {
    package let kind: ObjectKind
    package let bytes: [UInt8]
    /// The SHA-1 of a header with kind and length, and of the bytes.
    package let id: ObjectID

    package init(_ kind: ObjectKind, _ bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
        let header = Array("\(kind.rawValue) \(bytes.count)\0".utf8)
        id = ObjectID(bytes: HashAlgorithm.sha1.digest(of: header + bytes))
    }

    package static func == (left: GitObject, right: GitObject) -> Bool { left.id == right.id }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension ObjectKind {
    /// The number of the type in packs.
    var packType: UInt8 {
        switch self {
        case .commit: 1
        case .tree: 2
        case .blob: 3
        case .tag: 4
        }
    }
}
