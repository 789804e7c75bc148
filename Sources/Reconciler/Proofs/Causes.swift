import Desired
import Diff
import Git
import Schema

/// Finds where in git a change comes from.
struct Causes {
    private let commits: LastCommits?
    private let fleet: Fleet

    init(_ source: FetchedSource, _ fleet: Fleet) {
        commits = source.lastCommits
        self.fleet = fleet
    }

    /// The file that defines or retires the object, with the commit that last changed it.
    func cause(of object: ObjectName, in schema: DesiredSchema) -> PlanCause {
        guard let location = place(of: object, in: schema) else { return PlanCause(kind: .git) }
        // Where it cannot be found the cause is shown without it; who may approve is decided by
        // `AuthorSearch`.
        let commit = (try? commits?.commit(touching: location.file)) ?? nil
        return PlanCause(
            kind: .git, commit: commit?.id.hex, author: commit?.authorEmail, location: location)
    }

    private func place(of object: ObjectName, in schema: DesiredSchema) -> SourceLocation? {
        if let defined = schema.location(of: object) { return defined }
        let retired = fleet.namespace(schema.namespace)?.retire ?? []
        let name = object.encoded
        let folded = NameFolding.lowered(name)
        return
            (retired.first { $0.value == name }
            ?? retired.first { NameFolding.lowered($0.value) == folded })?.location
    }

    /// The place in git that defines what a line of a difference is about.
    static func location(
        of line: DifferenceLine, object: ObjectName, in schema: DesiredSchema
    ) -> SourceLocation? {
        guard object.kind == .table, let defined = schema.table(object.name) else {
            return schema.location(of: object)
        }
        switch line.subject {
        case .column(let name): return defined.location(ofColumn: name)
        case .index(let name), .foreignKey(let name), .check(let name):
            return defined.location(ofConstraint: name)
        case .table, .primaryKey, .period, .option, .systemVersioning, .partitioning, .partition:
            return defined.location
        }
    }
}
