import Desired
import Schema

/// A view, trigger, routine, event or sequence, with what rules need to look up.
struct ObjectContext {
    let object: DesiredObject
    let settings: LintSettings
    /// Nil where the text cannot be parsed.
    let outline: ObjectOutline?
    /// The tables, views and sequences of the namespace on any shard, in lower case.
    let selectable: Set<String>
    /// Whether `plumb.yaml` or the file sets the SQL mode in which the text is read.
    let saysMode: Bool

    init(
        _ object: DesiredObject, _ settings: LintSettings, selectable: Set<String>, saysMode: Bool
    ) {
        self.saysMode = saysMode || CreationSettings(of: object.text).sqlMode != nil
        self.object = object
        self.settings = settings
        self.selectable = selectable
        outline = ObjectDefinition(text: object.text).flatMap { ObjectOutline($0) }
    }

    var name: ObjectName { object.name }

    /// The place of a byte of the statement.
    func location(of offset: Int) -> SourceLocation { object.location(of: offset) }
}

extension NamespaceSources {
    /// What a view can select from on some shard, in lower case.
    ///
    /// All overlays are included: which shard uses which overlay does not matter for the rules.
    var selectable: Set<String> {
        let folders = [base] + overlays
        let objects = folders.flatMap(\.objects).filter {
            $0.name.kind == .view || $0.name.kind == .sequence
        }
        return Set(
            folders.flatMap(\.allTables).map { $0.lowercased() }
                + objects.map { $0.name.name.lowercased() })
    }
}
