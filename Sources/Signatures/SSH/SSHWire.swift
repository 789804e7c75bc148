/// Reads the data types of RFC 4251, section 5; throws for anything that is not exactly one.
struct SSHReader {
    private let bytes: [UInt8]
    private var place = 0
    /// The name of what is read, for errors.
    private let subject: String

    init(_ bytes: [UInt8], _ subject: String) {
        self.bytes = bytes
        self.subject = subject
    }

    mutating func take(_ count: Int) throws(SignatureError) -> [UInt8] {
        guard count >= 0, bytes.count - place >= count else { throw malformed("it ends too early") }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    mutating func byte() throws(SignatureError) -> UInt8 {
        try take(1).first ?? 0
    }

    mutating func uint32() throws(SignatureError) -> UInt32 {
        try take(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func string() throws(SignatureError) -> [UInt8] {
        try take(Int(try uint32()))
    }

    /// A string of printable ASCII, as all names in the protocol are.
    mutating func name() throws(SignatureError) -> String {
        let bytes = try string()
        guard bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw malformed("a name in it is not printable")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of a positive `mpint`, which must be in its shortest form.
    mutating func positive() throws(SignatureError) -> [UInt8] {
        let bytes = try string()
        guard let first = bytes.first, first < 0x80 else {
            throw malformed("a number in it is not positive")
        }
        guard first == 0 else { return bytes }
        guard bytes.count > 1, bytes[1] >= 0x80 else {
            throw malformed("a number in it is not in its shortest form")
        }
        return Array(bytes.dropFirst())
    }

    /// Throws where bytes are left.
    func end() throws(SignatureError) {
        guard place == bytes.count else { throw malformed("bytes follow its end") }
    }

    private func malformed(_ why: String) -> SignatureError {
        SignatureError(.malformed, "\(subject) is damaged: \(why)")
    }
}

/// Writes the data types of RFC 4251, section 5.
struct SSHWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ more: [UInt8]) { bytes += more }

    mutating func uint32(_ value: UInt32) {
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }

    mutating func string(_ more: [UInt8]) {
        uint32(UInt32(truncatingIfNeeded: more.count))
        bytes += more
    }

    mutating func string(_ text: String) { string(Array(text.utf8)) }
}
