/// The words that one value of `plumb.yaml` may be.
protocol FleetChoice: RawRepresentable<String>, Hashable, CaseIterable, Sendable {
    /// The choice's name in the JSON Schema.
    static var title: String { get }
    /// Words of the format that this release does not carry out.
    static var unsupported: [String] { get }
}

extension FleetChoice {
    static var unsupported: [String] { [] }
    static var names: [String] { allCases.map(\.rawValue) }
}
