import Diff
import Schema

/// The contents of `plumb.yaml`, checked: all references in it resolve.
package struct Fleet: Sendable {
    /// The file's name, at the root of the schema repository.
    package static let fileName = "plumb.yaml"

    /// The path of the file, as errors name it.
    package internal(set) var file: String
    /// In the order written; names are unique.
    package internal(set) var namespaces: [Namespace]
    /// In the order written; `after` has no cycles.
    package internal(set) var environments: [Environment]
    package internal(set) var workspace: WorkspaceSettings
    package internal(set) var policy: Policy
    package internal(set) var ledger: LedgerLocation
    /// How the ledger's servers are reached, and no others; nil where nothing is said about it.
    package internal(set) var ledgerConnection: ConnectionConfiguration?
    /// The file of the SSH key that signs the ledger, as written; nil for an unsigned ledger.
    package internal(set) var ledgerKey: LocalPath?
    /// How long plans, rollouts and approvals that are over stay in the ledger's tree, in seconds;
    /// nil for ever. The history keeps them in either case.
    package var retentionSeconds: Int? { retention?.value }
    /// The same, with its place in the file.
    package internal(set) var retention: Located<Int>?
    package internal(set) var lint: LintSettings
    /// Warnings about the file.
    package internal(set) var warnings: [Diagnostic]

    /// The same fleet with its ledger in `database`; throws where that is one of its shards.
    package func keepingLedger(in database: LedgerDatabase) throws(DesiredError) -> Fleet {
        var result = self
        result.ledger = .mysql(database)
        let diagnostics = DiagnosticList()
        for environment in environments {
            _ = ShardResolution(
                fleet: result, environment: environment, diagnostics: diagnostics
            ).shards(nil, discovered: nil)
        }
        try diagnostics.check()
        return result
    }

    /// The namespace with this name; nil where there is none.
    package func namespace(_ name: String) -> Namespace? {
        namespaces.first { $0.name == name }
    }

    /// The environment with this name; nil where there is none.
    package func environment(_ name: String) -> Environment? {
        environments.first { $0.name == name }
    }
}

/// A logical database that is spread over shards with the same schema.
package struct Namespace: Sendable {
    package let name: String
    package internal(set) var location: SourceLocation
    /// The folder with the schema's files, from the root of the schema repository.
    package internal(set) var schema: Located<String>
    package internal(set) var shards: [ShardEntry]
    package internal(set) var overlays: [Overlay]
    package internal(set) var pins: [Pin]
    package internal(set) var renames: [RenameHint]
    /// Tables that were removed from git and may be dropped, once that is approved.
    package internal(set) var retire: [Located<String>]
    package internal(set) var prune: Prune
    package internal(set) var manage: Set<ManagedKind>
    /// Whether a schema folder without files means "no tables"; otherwise it is a mistake.
    package internal(set) var allowsEmpty: Bool
    /// The SQL mode in which the files are read on every server; nil for each server's own.
    package internal(set) var sqlMode: Located<String>?
    /// What happens to columns in an old storage format of dates and times.
    package internal(set) var oldTemporals: OldTemporalColumns = .keep
    /// What runs once its shards are changed.
    package internal(set) var finalizer: Finalizer?
    /// Kinds that only a proposal manages: allowed in its files, and not read.
    var unread: Set<ObjectName.Kind> = []
}

/// Which tables that are not in git may be dropped.
package enum Prune: String, Sendable, CaseIterable, FleetChoice {
    static let title = "prune"
    /// Only those named in `retire`.
    case retired
    /// Also those that never were in git.
    case all
}

/// What happens to tables that match git but have columns in an old format of dates and times.
package enum OldTemporalColumns: String, Sendable, CaseIterable, FleetChoice {
    static let title = "oldTemporals"
    /// They keep the format until another change copies the table.
    case keep
    /// They are copied into the current format.
    case rebuild
}

/// A kind of database object that Plumb manages.
package enum ManagedKind: String, Sendable, CaseIterable, FleetChoice {
    static let title = "kind"
    case tables, views, triggers, routines, events, sequences
    /// Every kind.
    case all

    /// The kinds of objects that it stands for, besides tables, which are always managed.
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

    /// The word for a kind of object in `manage`.
    package static func managing(_ kind: ObjectName.Kind) -> ManagedKind {
        allCases.first { $0.objects.contains(kind) } ?? .tables
    }
}

extension Namespace {
    /// The kinds of objects besides tables that Plumb manages here.
    package var managedObjects: Set<ObjectName.Kind> {
        manage.reduce(into: []) { $0.formUnion($1.objects) }
    }
}

/// Files that replace or add tables on some shards.
package struct Overlay: Sendable {
    package let selector: Selector
    /// The folder, relative to the root of the schema repository.
    package let path: Located<String>
}

/// Shards that follow another revision of the schema repository.
package struct Pin: Sendable {
    package let selector: Selector
    /// A full ref name or a commit id.
    package let ref: Located<String>
}

/// A table, column or index that is renamed, not dropped and created, with the place of the hint.
package struct RenameHint: Hashable, Sendable {
    /// What is renamed, with both names.
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

/// A deployment of some namespaces: where their shards are and how they are reached.
package struct Environment: Sendable {
    package let name: String
    package let location: SourceLocation
    package internal(set) var namespaces: [Located<String>]
    /// Nil where only the operator's file names accounts.
    package let connection: ConnectionConfiguration?
    /// Environments that must be done before this one starts.
    package let after: [Located<String>]
    /// Maps hosts as written with the shards to hosts of this environment; nil to map none.
    package let hosts: HostMap?
}

/// Where schemas are normalised and changes are proved: databases on a server.
package struct WorkspaceSettings: Sendable {
    /// Nil for the server of the first shard.
    package let host: ServerAddress?
    /// The prefix of the workspace databases' names.
    package let prefix: String
    /// False where the operator names the host: environments do not map that one.
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
