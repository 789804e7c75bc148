/// What of a server decides how it writes a schema back.
///
/// Two servers with equal profiles normalise the same text alike, so a normalised schema is kept
/// by (digest of the text, digest of the profile).
package struct ServerProfile: Hashable, Sendable, Codable {
    package enum Flavour: String, Sendable, Codable {
        case mariadb, mysql
    }

    package var flavour: Flavour
    /// `10.11.19`, `8.4.3`: the numbers only.
    package var version: String
    /// As set on Plumb's sessions, sorted, comma separated: what the server shows is written in it,
    /// and so is everything that is made from that.
    package var sqlMode: String
    /// The mode in which files mean what they say, where it is another one: what a plain client's
    /// session has there, or what the fleet file says.
    package var creationMode: String?
    /// The default character set and collation of the shard's database.
    package var characterSet: String
    package var collation: String
    /// Other server variables that change how a schema is written back, by name.
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

    /// Whether the server makes columns in one of the ``OldTemporals``, also when it copies them.
    package var makesOldTemporals: Bool { settings[OldTemporals.setting] == "OFF" }

    /// The SQL mode in which the texts of files are read and run.
    package var fileMode: String { creationMode ?? sqlMode }

    /// The same where files mean what they say in `mode`; as it is where that is nil, or what no
    /// server has: a mode becomes part of statements.
    package func readingFiles(in mode: String?) -> ServerProfile {
        guard let mode = mode?.uppercased(), mode.utf8.allSatisfy({ $0.isWordPart || $0 == 0x2C })
        else { return self }
        var result = self
        let sorted = mode.split(separator: ",").sorted().joined(separator: ",")
        result.creationMode = sorted == sqlMode ? nil : sorted
        return result
    }

    /// Grows when Plumb reads or prints a schema in another way, so that what an older release
    /// normalised is normalised again and never taken for drift.
    package static let normaliserVersion = 1

    /// Few servers of a fleet differ in the rest alone: what is asked for every shard stays cheap.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(version)
        hasher.combine(collation)
    }

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
