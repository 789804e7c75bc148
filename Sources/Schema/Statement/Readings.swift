extension StatementText {
    /// Reads `text` in each way in which a supported server would, and returns the object that it
    /// creates.
    ///
    /// For commands that have no server to ask. Where executable comments make servers read
    /// different statements, each of them must have a known form and create the same object. Throws
    /// at the first token for which that fails; lines and columns count from the start of `text`.
    ///
    /// - Parameter sqlMode: the mode that the text's hint asks for; empty for the server's own.
    package static func checkEverywhere(
        _ text: String, sqlMode: String = "", allowing permissions: Permissions = Permissions()
    ) throws(SchemaError) -> ObjectName {
        let versions = try VersionsNamed(in: text).versions
        let readers = dialects(with: versions, sqlMode: sqlMode)
        var first: ObjectName?
        for dialect in readers {
            let name: ObjectName
            do throws(SchemaError) {
                name = try read(text, dialect: dialect, allowing: permissions).name
            } catch {
                throw readers.count == 1 ? error : error.adding(" (as \(dialect) reads it)")
            }
            guard first == nil || first == name else { throw disagreement(text) }
            first = name
        }
        guard let first else { throw disagreement(text) }
        return first
    }

    /// One dialect for each way to read a text whose executable comments name these versions.
    static func dialects(with versions: Set<Int>, sqlMode: String) -> [Dialect] {
        guard !versions.isEmpty else {
            return [Dialect(flavour: .mariadb, versionID: 100_300, sqlMode: sqlMode)]
        }
        func all(_ flavour: ServerProfile.Flavour, from oldest: Int) -> [Dialect] {
            ([oldest] + versions.filter { $0 > oldest }.sorted()).map {
                Dialect(flavour: flavour, versionID: $0, sqlMode: sqlMode)
            }
        }
        return all(.mariadb, from: 100_300) + all(.mysql, from: 50_700)
    }

    private static func disagreement(_ text: String) -> SchemaError {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            SchemaError(
                .refused, "servers read different statements here, by their versions",
                remedy: "write the statement without `/*! … */`", in: bytes, at: 0..<1)
        }
    }
}

/// The versions that executable comments name; those in strings count, too.
struct VersionsNamed {
    private(set) var versions: Set<Int> = []
    private static let limit = 32

    init(in text: String) throws(SchemaError) {
        var copy = text
        let result = copy.withUTF8 { bytes in
            Result { () throws(SchemaError) in try Self.versions(in: bytes) }
        }
        versions = try result.get()
    }

    private static func versions(
        in bytes: UnsafeBufferPointer<UInt8>
    ) throws(SchemaError) -> Set<Int> {
        var found: Set<Int> = []
        for place in bytes.indices where bytes[place] == UInt8(ascii: "/") {
            guard let comment = VersionComment(bytes, at: place) else { continue }
            found.insert(comment.version ?? 0)
            guard found.count <= limit else {
                throw SchemaError(
                    .refused, "the statement asks for more than \(limit) versions of servers",
                    remedy: "write the statement without `/*! … */`", in: bytes,
                    at: place..<place + 3)
            }
        }
        return found
    }
}

extension Dialect: CustomStringConvertible {
    /// For messages: `MySQL 8.0.23`.
    package var description: String {
        let name = flavour == .mariadb ? "MariaDB" : "MySQL"
        return "\(name) \(versionID / 10_000).\(versionID / 100 % 100).\(versionID % 100)"
    }
}
