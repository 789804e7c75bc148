import Testing

@testable import Desired

/// Whatever the bytes are, reading ends with a fleet or with at least one error.
@Suite struct FuzzTests {
    /// SplitMix64: the same bytes on every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let pieces = [
        "{", "}", "[", "]", ": ", "\n", "  ", "- ", "&a ", "*a", "!!int ", "<<: ", "\"", "'", "|",
        "{0..9}", "..", "\u{0}", "\u{2028}", "é", "99999999999999999999", "null", "~", "%", "? ",
    ]

    private func mutated(_ text: String, with generator: inout Generator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            case 2:
                let end = min(bytes.count, place + Int.random(in: 1...30, using: &generator))
                bytes.removeSubrange(place..<end)
            default:
                let piece = Self.pieces.randomElement(using: &generator) ?? ""
                bytes.insert(contentsOf: piece.utf8, at: place)
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func damagedFilesAreNeverHalfRead(seed: UInt64) {
        var generator = Generator(state: seed)
        for _ in 0..<400 {
            let bytes = mutated(example, with: &generator)
            let diagnostics = DiagnosticList()
            let fleet = Fleet.decode(bytes, file: "plumb.yaml", into: diagnostics)
            #expect((fleet == nil) == diagnostics.hasErrors)
            #expect(
                diagnostics.all.allSatisfy { ($0.location?.line ?? 1) > 0 && !$0.remedy.isEmpty })
        }
    }
}
