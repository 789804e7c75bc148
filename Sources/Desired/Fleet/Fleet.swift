import Diff
import Schema

/// What `plumb.yaml` says, checked: every reference in it resolves.
package struct Fleet: Sendable {
    /// The file it was read from, as errors name it.
    package internal(set) var file: String
    /// In the order written; names are unique.
    package internal(set) var namespaces: [Namespace]
    /// In the order written; `after` has no cycles.
    package internal(set) var environments: [Environment]
    package internal(set) var workspace: WorkspaceSettings
    package internal(set) var policy: Policy
    package internal(set) var ledger: LedgerLocation
    /// The file of the SSH key that signs the ledger, as written; nil where it is not signed.
    package internal(set) var ledgerKey: LocalPath?
    package internal(set) var lint: LintSettings
    /// What is odd but not wrong.
    package internal(set) var warnings: [Diagnostic]

    package func namespace(_ name: String) -> Namespace? {
        namespaces.first { $0.name == name }
    }

    package func environment(_ name: String) -> Environment? {
        environments.first { $0.name == name }
    }
}

/// A logical database that is spread over shards with one schema.
package struct Namespace: Sendable {
    package let name: String
    package internal(set) var location: SourceLocation
    /// The folder with the schema's files, from the root of the schema repository.
    package internal(set) var schema: Located<String>
    package internal(set) var shards: [ShardEntry]
    package internal(set) var overlays: [Overlay]
    package internal(set) var pins: [Pin]
    package internal(set) var renames: [RenameHint]
    /// Tables that left git and may be dropped once that is approved.
    package internal(set) var retire: [Located<String>]
    package internal(set) var prune: Prune
    package internal(set) var manage: Set<ManagedKind>
    /// True where a schema folder without a file means "no tables" and not a mistake.
    package internal(set) var allowsEmpty: Bool
    /// The SQL mode in which the files are read, on whatever server; nil for the server's own.
    package internal(set) var sqlMode: Located<String>?
    package internal(set) var oldTemporals: OldTemporalColumns = .keep
    /// Kinds that a proposal begins to manage: they may stand in its files, and are left out.
    var unread: Set<ObjectName.Kind> = []
}

/// Which tables that git does not name may be dropped.
package enum Prune: String, Sendable, CaseIterable, FleetChoice {
    static let title = "prune"
    /// Only those named in `retire`.
    case retired
    /// Also those that git never owned.
    case all
}

/// What becomes of tables that are as git has them, and keep dates and times in a format of old.
package enum OldTemporalColumns: String, Sendable, CaseIterable, FleetChoice {
    static let title = "oldTemporals"
    /// They stay so until something else changes them.
    case keep
    /// They are copied.
    case rebuild
}

/// A kind of database object that Plumb keeps true to git.
package enum ManagedKind: String, Sendable, CaseIterable, FleetChoice {
    static let title = "kind"
    case tables, views, triggers, routines, events, sequences
    /// Every kind there is.
    case all

    /// The kinds of objects that it stands for, tables aside: those are always managed.
    package var objects: Set<ObjectName.Kind> {
        switch self {
        case .tables: []
        case .views: [.view]
        case .triggers: [.trigger]
        case .routines: [.procedure, .function]
        case .events: [.event]
        case .sequences: [.sequence]
        case .all: Set(ObjectName.Kind.allCases).subtracting([.table])
        }
    }

    /// What a kind of object is called in `manage`.
    package static func managing(_ kind: ObjectName.Kind) -> ManagedKind {
        allCases.first { $0.objects.contains(kind) } ?? .tables
    }
}

extension Namespace {
    /// The kinds of objects beside tables that are kept true to git.
    package var managedObjects: Set<ObjectName.Kind> {
        manage.reduce(into: []) { $0.formUnion($1.objects) }
    }
}

/// Files that replace or add tables on some shards.
package struct Overlay: Sendable {
    package let selector: Selector
    /// From the root of the schema repository.
    package let path: Located<String>
}

/// Shards that follow another revision of the schema repository.
package struct Pin: Sendable {
    package let selector: Selector
    /// A full ref name or a commit id.
    package let ref: Located<String>
}

/// A table, a column or an index that keeps what it holds under another name, and where that is
/// said.
package struct RenameHint: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        case table(TableRename)
        case column(ColumnRename)
        case index(IndexRename)
    }

    package let subject: Subject
    package let location: SourceLocation

    package init(_ subject: Subject, at location: SourceLocation) {
        self.subject = subject
        self.location = location
    }
}

/// The shards of some namespaces as one deployment sees them.
package struct Environment: Sendable {
    package let name: String
    package let location: SourceLocation
    package internal(set) var namespaces: [Located<String>]
    /// Nil where only the operator's file says it.
    package let connection: Connection?
    /// Environments that must be done before this one starts.
    package let after: [Located<String>]
    /// Host as written with the shards → host in this environment; nil where all are as written.
    package let hosts: HostMap?
}

/// Where desired tables are normalised and changes are proved.
package struct WorkspaceSettings: Sendable {
    /// Nil means the server of the first shard.
    package let host: ServerAddress?
    /// What the names of the scratch schemas start with.
    package let prefix: String
    /// False where the operator names the host, which no environment maps.
    package internal(set) var followsHostMap = true

    static let defaultPrefix = WorkspaceName.defaultPrefix
}

/// A value with its place in `plumb.yaml`.
package struct Located<Value: Hashable & Sendable>: Hashable, Sendable {
    package let value: Value
    package let location: SourceLocation

    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}
