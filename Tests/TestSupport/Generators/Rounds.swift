import Foundation

/// How many seeds a property is tried with: a few in every test run, many in `make fuzz`.
package enum Rounds {
    /// `count` seeds from 0 on; under `PLUMB_FUZZ=n` n times as many, from `PLUMB_FUZZ_SEED` on.
    package static func seeds(_ count: Int) -> Range<Int> {
        let variables = ProcessInfo.processInfo.environment
        let factor = variables["PLUMB_FUZZ"].flatMap { Int($0) } ?? 1
        let first = variables["PLUMB_FUZZ_SEED"].flatMap { Int($0) } ?? 0
        return first..<(first + count * max(1, factor))
    }
}
