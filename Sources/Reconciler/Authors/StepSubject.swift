import Desired
import Diff
import Schema

/// What decides a step, as the files of the schema repository speak of it.
struct StepSubject {
    let environment: String
    let namespace: String
    /// Encoded names in lower case: the object under both of its names, and what it is LIKE.
    let names: Set<String>
    let kind: ObjectName.Kind
    let shards: Set<String>

    init(_ step: PlanStep, in plan: Plan, desired: DesiredState) {
        environment = plan.environment
        namespace = step.namespace
        kind = ObjectName(encoded: step.table).kind
        shards = Set(step.shards)
        // Tables that hold each other change together: who changed one of them asked for it.
        var names = step.tables.flatMap { [$0.table, $0.renamedFrom].compactMap { $0 } }
        let schemas = desired.schemas.filter { $0.namespace == step.namespace }
        names += names.flatMap { name in schemas.flatMap { Self.originals(of: name, in: $0) } }
        self.names = Set(names.map { $0.lowercased() })
    }

    /// The tables that `name` is LIKE, one after the other.
    private static func originals(of name: String, in schema: DesiredSchema) -> [String] {
        var found: [String] = []
        var next = schema.table(ObjectName(encoded: name).name)?.source.like?.table
        while let like = next, !found.contains(like) {
            found.append(like)
            next = schema.table(like)?.source.like?.table
        }
        return found.map { ObjectName(.table, $0).encoded }
    }
}

/// What the fleet file says that decides a step: equal values decide it alike.
struct FleetWords: Hashable {
    private let schema: [String]
    private let removal: [String]
    private let renames: Set<RenameHint.Subject>
    private let shards: Set<String>

    /// Nil where the file has neither the namespace nor the environment.
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

    /// Whether the same files decide about the same databases, whatever may be dropped.
    func followsTheSame(as other: FleetWords) -> Bool {
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

    /// Where the step's shards are, and by which labels they are selected.
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
