import Diff
import Model
import Schema

extension Planner {
    /// The functions that the planner gets from its caller.
    package struct Ports {
        /// The object of a digest.
        package var lookup: (Digest) -> CatalogTable?
        /// Proves one change on a server of the profile and returns its statements.
        package var prove: (Change, ServerProfile) throws -> [PlanStatement]
        /// Proves many changes on a server of the profile, for less than one after the other; nil
        /// for each that has to be proved by itself.
        package var proveTogether:
            (_ changes: [Change], _ profile: ServerProfile) throws -> [[PlanStatement]?] = {
                changes, _ in changes.map { _ in nil }
            }
        /// Proves a change of several tables on a server of the profile and returns its statements.
        package var proveGroup: (Group, ServerProfile) throws -> [PlanStatement]
        /// Returns the proved statements for an object other than a table.
        package var proveObject: (ObjectChange, ServerProfile) throws -> [PlanStatement]
        /// Where git defines an object, and the commit that last changed it.
        package var cause: (_ schema: Int, _ object: ObjectName) -> PlanCause
        /// The statements that tables have refused before.
        package var refusals = Refusals()
        /// Where git defines a part of an object.
        package var location:
            (_ schema: Int, _ object: ObjectName, DifferenceLine) -> SourceLocation?

        package init(
            lookup: @escaping (Digest) -> CatalogTable?,
            prove: @escaping (Change, ServerProfile) throws -> [PlanStatement],
            proveGroup: @escaping (Group, ServerProfile) throws -> [PlanStatement],
            proveObject: @escaping (ObjectChange, ServerProfile) throws -> [PlanStatement],
            cause: @escaping (Int, ObjectName) -> PlanCause,
            location: @escaping (Int, ObjectName, DifferenceLine) -> SourceLocation?
        ) {
            self.lookup = lookup
            self.prove = prove
            self.proveGroup = proveGroup
            self.proveObject = proveObject
            self.cause = cause
            self.location = location
        }
    }

    /// One distinct change of a table, before its proof.
    package struct Change {
        package let table: String
        /// The name before, where the change renames the table.
        package let renamedFrom: String?
        package let kind: PlanStep.Kind
        package let from: CatalogTable?
        package let to: CatalogTable?
        /// The clauses that lead from one table to the other, as statements.
        package let alterations: [Alteration]
        /// Whether the statements run with `foreign_key_checks` on.
        package let checksForeignKeys: Bool
        /// The parents of its foreign keys, which the proof needs.
        package let parents: [CatalogTable]
        /// The name to create a new table with, where the server keeps the letter case it is given
        /// but compares in lower case (`lower_case_table_names=2`).
        package let spelling: String?
        /// Statements that the live tables of these shards refused although an empty copy accepts
        /// them.
        package var refused: [RefusalRecord.Refused] = []
    }

    /// One distinct change of several tables, before its proof.
    package struct Group {
        /// One table of the group.
        package struct Member {
            /// The name under which plans list it.
            package let object: ObjectName
            /// The table's name afterwards.
            package let table: String
            /// The table's name before; nil where it is created.
            package let liveName: String?
            package let from: CatalogTable?
            package let to: CatalogTable?
        }

        package let members: [Member]
        package let statements: [TableGroup.Statement]
        /// For each statement a query for the rows because of which it may be refused.
        package let rowsInTheWay: [String?]
        /// The tables that the proof needs besides the members.
        package let parents: [CatalogTable]
        /// Statements that the live tables of these shards refused although empty copies accept
        /// them.
        package var refused: [RefusalRecord.Refused] = []
    }
}

/// The workspace's server did not carry out a change as expected.
package struct NotProved: Error, Hashable, Sendable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
