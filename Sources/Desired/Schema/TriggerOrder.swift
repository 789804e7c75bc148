import Diff
import Schema

/// Translates `FOLLOWS` and `PRECEDES` of a namespace's triggers into the triggers before each.
struct TriggerOrder {
    /// By encoded names.
    let objects: [String: DesiredObject]
    let namespace: String
    let diagnostics: DiagnosticList

    private struct Constraint {
        let first: ObjectName
        let second: ObjectName
        let location: SourceLocation
    }

    /// The objects without these clauses, and with the preceding triggers in each trigger's text.
    func resolved() -> [String: DesiredObject] {
        let definitions = objects.filter { $0.value.name.kind == .trigger }.compactMapValues {
            ObjectDefinition(text: $0.text)
        }
        let names = WrittenNames(definitions)
        let constraints = definitions.sorted { $0.key < $1.key }.compactMap { key, definition in
            objects[key].flatMap { constraint(of: $0, definition, among: definitions, names) }
        }
        refuseCycles(constraints)
        var after: [ObjectName: [String]] = [:]
        for constraint in constraints {
            after[constraint.second, default: []].append(constraint.first.name)
        }
        var result = objects
        for (key, definition) in definitions {
            guard let object = objects[key] else { continue }
            let names = after[object.name] ?? []
            guard definition.orderClause != nil || !names.isEmpty else { continue }
            let text = ObjectDefinition.marked(
                definition.createWithoutOrder, definition.settings, after: names)
            result[key] = DesiredObject(
                name: object.name, text: text, textDigest: Digest(of: text),
                location: object.location, start: object.start)
        }
        return result
    }

    private func constraint(
        of object: DesiredObject, _ definition: ObjectDefinition,
        among definitions: [String: ObjectDefinition], _ names: WrittenNames<ObjectDefinition>
    ) -> Constraint? {
        guard let clause = definition.orderClause else { return nil }
        let word = clause.follows ? "FOLLOWS" : "PRECEDES"
        let place = object.location(of: clause.offset)
        guard let other = names[ObjectName(.trigger, clause.trigger).encoded] else {
            let near = Nearest.match(
                clause.trigger, in: definitions.values.map(\.name.name).sorted())
            diagnostics.error(
                .danglingTrigger,
                "the \(object.name) \(word) `\(clause.trigger)`, a trigger that `\(namespace)` "
                    + "does not have",
                remedy: near.map { "did you mean `\($0)`?" } ?? "define it, or remove \(word)",
                at: place)
            return nil
        }
        guard Self.slot(definition) == Self.slot(other) else {
            let slot = other.triggerSlot.map { "\($0.time) ON `\($0.table)`" } ?? "at another time"
            diagnostics.error(
                .danglingTrigger,
                "the \(object.name) \(word) `\(other.name.name)`, which runs \(slot)",
                remedy: "name a trigger of the same table, time and event", at: place)
            return nil
        }
        return Constraint(
            first: clause.follows ? other.name : object.name,
            second: clause.follows ? object.name : other.name, location: place)
    }

    private static func slot(_ definition: ObjectDefinition) -> TriggerSlot? {
        definition.triggerSlot.map {
            TriggerSlot(table: NameFolding.lowered($0.table), time: $0.time)
        }
    }

    /// Reports each cycle once, at its first place.
    private func refuseCycles(_ constraints: [Constraint]) {
        var next: [ObjectName: [ObjectName]] = [:]
        for constraint in constraints {
            next[constraint.first, default: []].append(constraint.second)
        }
        func reaches(_ start: ObjectName, _ end: ObjectName) -> [ObjectName]? {
            var seen: Set<ObjectName> = []
            func path(_ name: ObjectName) -> [ObjectName]? {
                guard name != end else { return [name] }
                guard seen.insert(name).inserted else { return nil }
                for other in next[name] ?? [] { if let rest = path(other) { return [name] + rest } }
                return nil
            }
            return path(start)
        }
        var told: Set<ObjectName> = []
        for constraint in constraints where !told.contains(constraint.first) {
            guard let path = reaches(constraint.second, constraint.first) else { continue }
            told.formUnion(path)
            let names = ([constraint.first] + path).map { "`\($0.name)`" }
            diagnostics.error(
                .triggerCycle,
                "FOLLOWS and PRECEDES go in a circle: \(names.joined(separator: " before "))",
                remedy: "remove one of them", at: constraint.location)
        }
    }
}
