import Basics
import Desired
import Git
import Schema

/// The objects that versions of files define; each version is read once.
final class DefinitionLibrary {
    /// What one version of a file defines.
    enum Content {
        /// The encoded names of the objects, in lower case.
        case names(Set<String>)
        /// It cannot be parsed: it counts as a definition of every object whose name occurs in its
        /// text.
        case unreadable(String)
        /// Too large to read: it counts as a definition of every object.
        case opaque
    }

    private let repository: Repository
    private var contents: [Key: Content] = [:]
    private var fleets: [ObjectID: Fleet?] = [:]

    private struct Key: Hashable {
        let blob: ObjectID
        let isSQL: Bool
    }

    init(repository: Repository) {
        self.repository = repository
    }

    /// The objects that the file at `path` defined in the version `blob`.
    ///
    /// A file that is none of the schema's may still be SQL that was moved there on its way.
    /// Throws where a file cannot be read that is not too large: what it defined is not known.
    func content(of blob: ObjectID, at path: String) throws(GitError) -> Content {
        let key = Key(blob: blob, isSQL: path.lowercased().hasSuffix(".sql"))
        if let known = contents[key] { return known }
        let content = try read(key, path)
        contents[key] = content
        return content
    }

    private func read(_ key: Key, _ path: String) throws(GitError) -> Content {
        let elsewhere = Content.names([])
        let bytes: [UInt8]
        do throws(GitError) {
            bytes = try repository.readBlob(
                key.blob, limit: SourceLimits.fileBytes, named: path)
        } catch  where error.code == .invalid {
            return key.isSQL ? .opaque : elsewhere
        }
        let readings = Self.readings(of: bytes, path)
        guard !readings.isEmpty else {
            guard key.isSQL else { return elsewhere }
            return .unreadable(String(decoding: bytes, as: UTF8.self).lowercased())
        }
        return .names(Set(readings.joined().compactMap(Self.name)))
    }

    /// The statements of the file as servers read it, with and without the SQL modes that change
    /// where a string ends.
    private static func readings(of bytes: [UInt8], _ path: String) -> [[SourceStatement]] {
        let isPlain = !bytes.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }
        let others = isPlain ? [] : Dialect.Quoting.otherModes.map { Dialect.Quoting(sqlMode: $0) }
        return ([.usual] + others).compactMap {
            // A way in which it cannot be read is none; without any, its whole text counts.
            try? SQLScript.statements(in: bytes, file: path, quoting: $0)
        }
    }

    private static func name(_ statement: SourceStatement) -> String? {
        if let object = statement.kind.object { return object.encoded.lowercased() }
        guard case .createTable(let name) = statement.kind else { return nil }
        return ObjectName(.table, name).encoded.lowercased()
    }

    /// The fleet file in the version `blob`; nil where this release cannot read it, for whatever
    /// reason: it then counts for everything.
    func fleet(of blob: ObjectID) -> Fleet? {
        if let known = fleets[blob] { return known }
        let file = Fleet.fileName
        let bytes = try? repository.readBlob(blob, limit: SourceLimits.fileBytes, named: file)
        let fleet = bytes.flatMap { try? Fleet($0, file: file) }
        fleets[blob] = .some(fleet)
        return fleet
    }
}
