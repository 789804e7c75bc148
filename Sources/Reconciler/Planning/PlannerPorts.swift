import Diff
import Model
import Schema

extension Planner {
    /// What the planner asks of the outside.
    package struct Ports {
        /// The table of a digest.
        package var lookup: (Digest) -> CatalogTable?
        /// Proves one change on a server of the profile and gives its statements.
        package var prove: (Change, ServerProfile) throws -> [PlanStatement]
        /// Proves a change of several tables on a server of the profile and gives its statements.
        package var proveGroup: (Group, ServerProfile) throws -> [PlanStatement]
        /// Gives the proved statements for an object that is no table.
        package var proveObject: (ObjectChange, ServerProfile) throws -> [PlanStatement]
        /// Where git defines a table, and who changed it last.
        package var cause: (_ schema: Int, _ table: String) -> PlanCause
        /// What tables refused for what they are.
        package var refusals = Refusals()
        /// Where git defines a part of a table.
        package var location: (_ schema: Int, _ table: String, DifferenceLine) -> SourceLocation?

        package init(
            lookup: @escaping (Digest) -> CatalogTable?,
            prove: @escaping (Change, ServerProfile) throws -> [PlanStatement],
            proveGroup: @escaping (Group, ServerProfile) throws -> [PlanStatement],
            proveObject: @escaping (ObjectChange, ServerProfile) throws -> [PlanStatement],
            cause: @escaping (Int, String) -> PlanCause,
            location: @escaping (Int, String, DifferenceLine) -> SourceLocation?
        ) {
            self.lookup = lookup
            self.prove = prove
            self.proveGroup = proveGroup
            self.proveObject = proveObject
            self.cause = cause
            self.location = location
        }
    }

    /// One distinct change, before it is proved.
    package struct Change {
        package let table: String
        /// Its name before, where the change gives it another.
        package let renamedFrom: String?
        package let kind: PlanStep.Kind
        package let from: CatalogTable?
        package let to: CatalogTable?
        package let alterations: [Alteration]
        package let checksForeignKeys: Bool
        /// The parents of its foreign keys, which must be there for the proof.
        package let parents: [CatalogTable]
        /// The name that a new table is made by, where the server keeps other letters than it
        /// compares.
        package let letters: String?
        /// What the live tables of these shards refused, though a copy of them takes it.
        package var refused: [RefusalRecord.Refused] = []
    }

    /// One distinct change of several tables, before it is proved.
    package struct Group {
        package struct Member {
            /// The name under which plans know it.
            package let name: String
            /// The table's own name afterwards.
            package let table: String
            /// The table's own name before; nil where it is made.
            package let liveName: String?
            package let from: CatalogTable?
            package let to: CatalogTable?
        }

        package let members: [Member]
        package let statements: [TableGroup.Statement]
        /// For each statement a query for rows that refuse it.
        package let rowsInTheWay: [String?]
        /// What must be there beside the members for the proof.
        package let parents: [CatalogTable]
        /// What the live tables of these shards refused, though a copy of them takes it.
        package var refused: [RefusalRecord.Refused] = []
    }
}

/// A change that the server of the workspace did not carry out as expected.
package struct NotProved: Error, Hashable, Sendable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
