import Model
import Schema

/// Whether a profile that somebody wrote into the ledger can be one that a server has: parts of it
/// become part of statements.
enum ProfileCheck {
    /// What makes no sense; nil where all does.
    static func fault(of profile: ServerProfile) -> String? {
        if !isVersion(profile.version) { return "its version is none" }
        for mode in [profile.sqlMode, profile.creationMode ?? ""]
        where mode.utf8.count > 2_000 || !mode.utf8.allSatisfy({ isWordByte($0) || $0 == 0x2C }) {
            return "its sql_mode is none"
        }
        for name in [profile.characterSet, profile.collation] where !isWord(name) {
            return "its character set or collation is none"
        }
        let isPlain = profile.settings.allSatisfy { isWord($0.key) && isValue($0.value) }
        guard profile.settings.count <= 100, isPlain else { return "its settings are none" }
        return nil
    }

    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return (1...4).contains(parts.count)
            && parts.allSatisfy { part in
                (1...5).contains(part.utf8.count)
                    && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    private static func isWord(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isWordByte)
    }

    /// Values are names, numbers, lists and time zones.
    private static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 4_000
            && text.utf8.allSatisfy { isWordByte($0) || " ,=+-:/.".utf8.contains($0) }
    }

    /// A letter, a digit or `_`.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
