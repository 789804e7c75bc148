import Model

/// Which rules `plumb lint` checks, at which levels, and what is waived.
package struct LintSettings: Hashable, Sendable {
    /// The levels of rules that differ from the defaults.
    package let levels: [LintRule: LintLevel]
    package let waivers: [Waiver]
    /// The character set that tables and columns should have.
    package let characterSet: String
    package let tableNames: NameStyle
    package let columnNames: NameStyle

    package init(
        levels: [LintRule: LintLevel] = [:], waivers: [Waiver] = [],
        characterSet: String = "utf8mb4", tableNames: NameStyle = .lowerSnake,
        columnNames: NameStyle = .lowerSnake
    ) {
        self.levels = levels
        self.waivers = waivers
        self.characterSet = characterSet
        self.tableNames = tableNames
        self.columnNames = columnNames
    }

    /// The settings of a fleet file without `lint`.
    package static let standard = LintSettings()
}

extension LintRule: FleetChoice {
    static var title: String { "lintRule" }
}

extension LintLevel: FleetChoice {
    static var title: String { "lintLevel" }
}

/// A convention for names.
package enum NameStyle: String, Hashable, Sendable, CaseIterable, FleetChoice {
    static let title = "nameStyle"
    /// `order_line`
    case lowerSnake = "lower_snake"
    /// `orderLine`
    case lowerCamel = "lower_camel"
    /// `OrderLine`
    case upperCamel = "upper_camel"
    case any
}
