import Basics
import Desired
import Git

/// Who changed which object in a range of commits. Built in one walk, then asked for every step.
struct AuthorIndex {
    private struct Touch {
        let path: String
        let maker: Maker
    }

    fileprivate struct Maker {
        let commit: ObjectID
        let people: [GitPerson]
    }

    /// Who changed what a step depends on, and in which commits.
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
        /// Nil where the file may define any object.
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

    /// Throws where a version of a file cannot be read: who touched what is then not known.
    init(_ commits: [HistoryCommit], library: DefinitionLibrary) throws(GitError) {
        self.library = library
        for commit in commits {
            for change in commit.changes {
                try note(change, by: Maker(commit: commit.id, people: commit.peopleWithoutServices))
            }
        }
    }

    private mutating func note(_ change: FileChange, by maker: Maker) throws(GitError) {
        if change.path == Fleet.fileName {
            fleetChanges.append(
                FleetChange(maker: maker, before: change.before, after: change.after))
            return
        }
        let touch = Touch(path: change.path, maker: maker)
        var names: Set<String> = []
        for blob in Set((change.before + [change.after]).compactMap { $0 }) {
            switch try library.content(of: blob, at: change.path) {
            case .names(let found): names.formUnion(found)
            case .unreadable(let text): odd.append(Odd(touch: touch, text: text))
            case .opaque: odd.append(Odd(touch: touch, text: nil))
            }
        }
        for name in names { touches[name, default: []].append(touch) }
    }

    /// The authors in this range of what a step depends on.
    ///
    /// - Parameter counts: whether a file at a path can be the namespace's.
    func authors(of subject: StepSubject, counts: (String) -> Bool) -> Found {
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

    /// Every folder that the fleet files of the range gave to the namespace; nil where one of those
    /// files cannot be read.
    func folders(of namespace: String) -> [String]? {
        var folders: [String] = []
        for blob in fleetChanges.flatMap({ $0.before + [$0.after] }).compactMap({ $0 }) {
            guard let fleet = library.fleet(of: blob) else { return nil }
            folders += fleet.namespace(namespace)?.folders ?? []
        }
        return folders
    }

    /// Whether a fleet file of the range changed which files or which databases the step's shards
    /// use. Then a change from before the range may be new to a shard, so the whole history counts.
    func changesFilesOrDatabases(for subject: StepSubject) -> Bool {
        fleetChanges.contains { change in
            guard let after = settings(change.after, subject) else { return true }
            return change.before.contains { blob in
                settings(blob, subject).map { !$0.usesSameFilesAndDatabases(as: after) } ?? true
            }
        }
    }

    private func mentions(_ text: String?, _ names: Set<String>) -> Bool {
        guard let text else { return true }
        return names.contains { name in
            // The file has `view:open_orders` as `open_orders`, and doubles any backtick in a name.
            let bare = name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name
            return text.contains(bare) || bare.contains("`") || bare.contains("\"")
        }
    }

    private func decides(_ change: FleetChange, _ subject: StepSubject) -> Bool {
        guard let after = settings(change.after, subject) else { return true }
        return change.before.contains { settings($0, subject) != after }
    }

    /// The settings in this version of the fleet file; nil where it cannot be read.
    private func settings(_ blob: ObjectID?, _ subject: StepSubject) -> FleetSettings? {
        blob.flatMap(library.fleet).flatMap { FleetSettings($0, about: subject) }
    }
}

extension Namespace {
    /// The folders of its schema and overlays.
    var folders: [String] { [schema.value] + overlays.map(\.path.value) }
}
