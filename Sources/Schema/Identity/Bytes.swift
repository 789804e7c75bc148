extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }

    /// May begin a name without quotes: a letter, `_`, `$` or any byte of a longer character.
    var isWordStart: Bool {
        (self | 0x20) &- 0x61 < 26 || self == 0x5F || self == 0x24 || self >= 0x80
    }

    var isWordPart: Bool { isWordStart || isDigit }
}
