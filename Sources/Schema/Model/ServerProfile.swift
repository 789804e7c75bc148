/// The properties of a server, and of a shard's database, that decide how `SHOW CREATE` prints a
/// schema.
///
/// Servers with equal profiles normalise the same text alike, so a normalised schema is cached by
/// (digest of the text, digest of the profile).
package struct ServerProfile: Hashable, Sendable, Codable {
    /// Whether the server is MariaDB or MySQL.
    package enum Flavour: String, Sendable, Codable {
        case mariadb, mysql
    }

    package var flavour: Flavour
    /// `10.11.19`, `8.4.3`: the numbers only.
    package var version: String
    /// The mode of Plumb's own sessions, sorted, separated by commas: the server prints definitions
    /// in it, and statements made out of those run in it.
    package var sqlMode: String
    /// The mode in which the repository's files are read and run, where it differs from
    /// ``sqlMode``: the one that a client without settings gets there, or the fleet file's.
    package var creationMode: String?
    /// The default character set and collation of the shard's database.
    package var characterSet: String
    /// The default collation of the shard's database.
    package var collation: String
    /// Other system variables that change what `SHOW CREATE` prints, by name.
    package var settings: [String: String]

    package init(
        flavour: Flavour, version: String, sqlMode: String, characterSet: String,
        collation: String, settings: [String: String] = [:], creationMode: String? = nil
    ) {
        self.flavour = flavour
        self.version = version
        self.sqlMode = sqlMode
        self.characterSet = characterSet
        self.collation = collation
        self.settings = settings
        self.creationMode = creationMode
    }

    /// Whether the server gives columns one of the ``OldTemporals`` when it makes or copies them.
    package var makesOldTemporals: Bool { settings[OldTemporals.setting] == "OFF" }

    /// The SQL mode in which the repository's files are read and run.
    package var fileMode: String { creationMode ?? sqlMode }

    /// The profile with `mode` as the mode of files. Unchanged where that is nil or has characters
    /// that no mode has: the mode becomes part of statements.
    package func readingFiles(in mode: String?) -> ServerProfile {
        guard let mode = mode?.uppercased(), mode.utf8.allSatisfy({ $0.isWordPart || $0 == 0x2C })
        else { return self }
        var result = self
        let sorted = mode.split(separator: ",").sorted().joined(separator: ",")
        result.creationMode = sorted == sqlMode ? nil : sorted
        return result
    }

    /// Counts up when Plumb reads or prints a schema in another way: what an older release
    /// normalised is then normalised again, and never taken for drift.
    package static let normaliserVersion = 1

    /// Hashes two properties only, as this runs for every shard: few profiles differ in the rest.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(version)
        hasher.combine(collation)
    }

    /// Covers every property and ``normaliserVersion``.
    package var digest: Digest {
        let pairs = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let lines =
            [
                "normaliser \(Self.normaliserVersion)", flavour.rawValue, version, sqlMode,
                characterSet, collation,
            ] + pairs + (NameFolding(self) == .bytes ? [] : ["names in lower case"])
            + (creationMode.map { ["files in \($0)"] } ?? [])
        return Digest(of: lines.joined(separator: "\n"))
    }
}
