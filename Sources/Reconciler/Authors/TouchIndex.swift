import Desired
import Git

/// Who touched what in a range of commits: made in one walk, asked for each step.
struct TouchIndex {
    private struct Touch {
        let path: String
        let maker: Maker
    }

    fileprivate struct Maker {
        let commit: ObjectID
        let people: [GitPerson]
    }

    /// Who touched a step, and by which commits.
    struct Found {
        var people: Set<GitPerson> = []
        var commits: Set<ObjectID> = []

        fileprivate mutating func add(_ maker: Maker) {
            people.formUnion(maker.people)
            commits.insert(maker.commit)
        }
    }

    private struct Odd {
        let touch: Touch
        /// Nil stands for any text at all.
        let text: String?
    }

    private struct FleetChange {
        let maker: Maker
        let before: [ObjectID?]
        let after: ObjectID?
    }

    private var touches: [String: [Touch]] = [:]
    private var odd: [Odd] = []
    private var fleetChanges: [FleetChange] = []
    private let library: DefinitionLibrary

    init(_ commits: [HistoryCommit], library: DefinitionLibrary) {
        self.library = library
        for commit in commits {
            for change in commit.changes {
                note(change, by: Maker(commit: commit.id, people: commit.makers))
            }
        }
    }

    private mutating func note(_ change: FileChange, by maker: Maker) {
        if change.path == SchemaRepository.fleetFile {
            fleetChanges.append(
                FleetChange(maker: maker, before: change.before, after: change.after))
            return
        }
        let touch = Touch(path: change.path, maker: maker)
        var names: Set<String> = []
        for blob in Set((change.before + [change.after]).compactMap { $0 }) {
            switch library.content(of: blob, at: change.path) {
            case .names(let found): names.formUnion(found)
            case .unreadable(let text): odd.append(Odd(touch: touch, text: text))
            case .opaque: odd.append(Odd(touch: touch, text: nil))
            }
        }
        for name in names { touches[name, default: []].append(touch) }
    }

    /// Those who touched what decides a step.
    ///
    /// - Parameter counts: whether a file at a path can be the namespace's.
    func touches(of subject: StepSubject, counts: (String) -> Bool) -> Found {
        var found = Found()
        for name in subject.names {
            for touch in touches[name] ?? [] where counts(touch.path) {
                found.add(touch.maker)
            }
        }
        for odd in odd where counts(odd.touch.path) && mentions(odd.text, subject.names) {
            found.add(odd.touch.maker)
        }
        for change in fleetChanges where decides(change, subject) {
            found.add(change.maker)
        }
        return found
    }

    /// Every folder that the fleet files of the range gave the namespace; nil where one of them
    /// cannot be read.
    func folders(of namespace: String) -> [String]? {
        var folders: [String] = []
        for blob in fleetChanges.flatMap({ $0.before + [$0.after] }).compactMap({ $0 }) {
            guard let fleet = library.fleet(of: blob) else { return nil }
            folders += fleet.namespace(namespace)?.folders ?? []
        }
        return folders
    }

    /// Whether the fleet files of the range let other files decide about the step's shards, or
    /// other databases be them: what was written before the range may then be news to a shard.
    func turnsElsewhere(for subject: StepSubject) -> Bool {
        fleetChanges.contains { change in
            guard let after = words(change.after, subject) else { return true }
            return change.before.contains { blob in
                words(blob, subject).map { !$0.followsTheSame(as: after) } ?? true
            }
        }
    }

    private func mentions(_ text: String?, _ names: Set<String>) -> Bool {
        guard let text else { return true }
        return names.contains { name in
            // `view:open_orders` stands there as `open_orders`; a grave accent in it is doubled.
            let bare = name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name
            return text.contains(bare) || bare.contains("`") || bare.contains("\"")
        }
    }

    private func decides(_ change: FleetChange, _ subject: StepSubject) -> Bool {
        guard let after = words(change.after, subject) else { return true }
        return change.before.contains { words($0, subject) != after }
    }

    /// Nil where this version says nothing that can be read.
    private func words(_ blob: ObjectID?, _ subject: StepSubject) -> FleetWords? {
        blob.flatMap(library.fleet).flatMap { FleetWords($0, about: subject) }
    }
}

extension Namespace {
    /// The folders of its schema and overlays.
    var folders: [String] { [schema.value] + overlays.map(\.path.value) }
}
