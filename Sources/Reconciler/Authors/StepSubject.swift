import Desired
import Diff
import Schema

/// What a step is about, in the terms of the schema repository: whoever changed that is an author
/// of the step.
struct StepSubject {
    let environment: String
    let namespace: String
    /// The encoded names in lower case: of the object, before and after a rename, and of the tables
    /// that it is created LIKE.
    let names: Set<String>
    let kind: ObjectName.Kind
    let shards: Set<String>

    init(_ step: PlanStep, in plan: Plan, desired: DesiredState) {
        environment = plan.environment
        namespace = step.namespace
        kind = step.object.kind
        shards = Set(step.shards)
        // Tables that foreign keys connect change in one step: whoever changed one of them is an
        // author.
        var names = step.tables.flatMap { [$0.object, $0.renamedFrom].compactMap { $0 } }
        let schemas = desired.schemas.filter { $0.namespace == step.namespace }
        names += names.flatMap { name in schemas.flatMap { Self.originals(of: name, in: $0) } }
        self.names = Set(names.map { $0.encoded.lowercased() })
    }

    /// The table that `name` is created LIKE, the one that this is created LIKE, and so on.
    private static func originals(of name: ObjectName, in schema: DesiredSchema) -> [ObjectName] {
        var found: [String] = []
        var next = schema.table(name.name)?.source.like?.table
        while let like = next, !found.contains(like) {
            found.append(like)
            next = schema.table(like)?.source.like?.table
        }
        return found.map { ObjectName(.table, $0) }
    }
}

/// The settings of the fleet file that a step depends on. Equal values lead to the same step.
struct FleetSettings: Hashable {
    private let schema: [String]
    private let removal: [String]
    private let renames: Set<RenameHint.Subject>
    private let shards: Set<String>

    /// Nil where the file lacks the namespace or the environment.
    init?(_ fleet: Fleet, about subject: StepSubject) {
        guard let namespace = fleet.namespace(subject.namespace),
            let environment = fleet.environment(subject.environment)
        else { return nil }
        schema =
            [namespace.schema.value, "\(namespace.allowsEmpty)", "\(namespace.oldTemporals)"]
            + namespace.overlays.map { "overlay \($0.selector) \($0.path.value)" }
            + namespace.pins.map { "pin \($0.selector) \($0.ref.value)" }
        let manages = namespace.managedObjects.contains(subject.kind)
        let retired = namespace.retire.map(\.value).filter {
            subject.names.contains($0.lowercased())
        }
        removal = ["\(namespace.prune)", "\(manages)"] + retired.sorted()
        renames = Set(namespace.renames.map(\.subject).filter { Self.isAbout($0, subject.names) })
        let serves = environment.namespaces.map(\.value).contains(subject.namespace)
        shards = Self.shards(of: namespace, in: environment, subject).union(["\(serves)"])
    }

    /// Whether the same files are followed by the same databases; the rules for dropping may
    /// differ.
    func usesSameFilesAndDatabases(as other: FleetSettings) -> Bool {
        schema == other.schema && shards == other.shards
    }

    private static func isAbout(_ rename: RenameHint.Subject, _ names: Set<String>) -> Bool {
        switch rename {
        case .table(let table):
            names.contains(table.from.lowercased()) || names.contains(table.to.lowercased())
        case .column(let column): names.contains(column.table.lowercased())
        case .index(let index): names.contains(index.table.lowercased())
        }
    }

    /// The servers and databases of the step's shards, and the labels that select them.
    private static func shards(
        of namespace: Namespace, in environment: Desired.Environment, _ subject: StepSubject
    ) -> Set<String> {
        func server(_ written: ServerAddress) -> String {
            "\(environment.hosts?.pairs[written] ?? written)"
        }
        var words: Set<String> = []
        for entry in namespace.shards {
            let labels = entry.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let selected = labels.joined(separator: " ")
            switch entry.source {
            case .listed(let listed):
                for shard in listed where subject.shards.contains(shard.name) {
                    words.insert(
                        "\(shard.name) \(server(shard.host)) \(shard.database) \(selected)")
                }
            case .discovered(let host, let like):
                words.insert("discover \(server(host)) \(like) \(selected)")
            }
        }
        return words
    }
}
