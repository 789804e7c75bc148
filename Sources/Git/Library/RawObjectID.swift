import Basics
import CGit2

extension ObjectID {
    init(_ raw: git_oid) {
        self = withUnsafeBytes(of: raw.id) { ObjectID(raw: $0) }
    }

    /// The id as libgit2's type.
    var raw: git_oid {
        var result = git_oid()
        withUnsafeMutableBytes(of: &result.id) { $0.copyBytes(from: bytes) }
        return result
    }
}
