extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }

    /// May begin a name without quotes: a letter, `_`, `$` or any byte of a longer character.
    var isWordStart: Bool {
        (self | 0x20) &- 0x61 < 26 || self == 0x5F || self == 0x24 || self >= 0x80
    }

    /// May go on in a name without quotes: what begins one, or a digit.
    ///
    /// Lexers ask this of nearly every byte, so it is looked up: one bit for each byte of ASCII.
    var isWordPart: Bool {
        let bits: UInt64 = self < 0x40 ? 0x03FF_0010_0000_0000 : 0x07FF_FFFE_87FF_FFFE
        return self >= 0x80 || bits &>> UInt64(self & 0x3F) & 1 == 1
    }

    /// May begin what stands between tokens: blanks, line breaks and comments.
    var mayBeginTrivia: Bool {
        // One bit each for 9 to 13, the blank, `#`, `*`, `-` and `/`.
        let bits: UInt64 = 0x0000_A409_0000_3E00
        return self < 0x40 && bits &>> UInt64(self) & 1 == 1
    }
}
