import Schema

/// Which columns of a table its statements keep, as whoever brings the rows over in another way has
/// to know.
package enum StepColumns: Hashable, Sendable {
    /// Every column that both ends have is the same one, or one of these under its former name:
    /// former name → new name.
    case kept(renamed: [String: String])
    /// Columns are not the ones that their names say, for the reason that follows "since".
    case unclear(reason: String)

    /// Reads the statements of a step about one table.
    ///
    /// - Parameters:
    ///   - from: the table before the first of them.
    ///   - to: the table after the last one.
    package init(
        _ statements: [PlanStatement], from: Table, to: Table, flavour: ServerProfile.Flavour
    ) {
        let reader = AlterationReader(flavour: flavour, target: to)
        // By present name the one that it had in the beginning.
        var origins: [String: String] = [:]
        for column in from.columns { origins[column.name.lowercased()] = column.name }
        var added: Set<String> = []
        for statement in statements {
            guard let alteration = reader.alteration(in: statement.sql) else {
                self = .unclear(reason: "its statements are not read back")
                return
            }
            let before = origins
            for clause in alteration.clauses {
                switch clause {
                case .changeColumn(let old, let new, _) where old.name != new.name:
                    let (former, next) = (old.name.lowercased(), new.name.lowercased())
                    if former != next, origins[former] == before[former] { origins[former] = nil }
                    origins[next] = before[former]
                case .dropColumn(let column):
                    origins[column.name.lowercased()] = nil
                case .addColumn(let column, _):
                    added.insert(column.name.lowercased())
                default: continue
                }
            }
        }
        for column in to.columns where added.contains(column.name.lowercased()) {
            let isOld = from.columns.contains {
                $0.name.lowercased() == column.name.lowercased()
            }
            guard !isOld else {
                self = .unclear(
                    reason: "the column `\(column.name)` is dropped and made anew under its name")
                return
            }
        }
        var renamed: [String: String] = [:]
        for (name, origin) in origins {
            guard let column = to.columns.first(where: { $0.name.lowercased() == name }) else {
                self = .unclear(reason: "the column `\(origin)` is gone without being dropped")
                return
            }
            if column.name != origin { renamed[origin] = column.name }
        }
        self = .kept(renamed: renamed)
    }
}
