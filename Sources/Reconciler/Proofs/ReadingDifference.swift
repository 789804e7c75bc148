import Desired
import Model
import Schema

/// Objects of one namespace that servers create differently from the same file, because of a
/// setting.
package struct ReadingDifference: Hashable, Sendable {
    /// Encoded names, sorted.
    let objects: [String]
    let namespace: String
    /// The setting with both values, as `sql_mode is A on x and B on y`, without a full stop.
    let cause: String

    /// The objects with the same text but different tables, or with a time literal under different
    /// time zones.
    static func all(
        in output: NormaliseStage.Output, _ desired: DesiredState
    ) -> [ReadingDifference] {
        var examples: [Int: String] = [:]
        for shard in desired.shards {
            guard let place = output.assignment[shard.id] else { continue }
            examples[place] = examples[place] ?? shard.id.shard
        }
        var found: [ReadingDifference] = []
        for (place, schema) in output.schemas.enumerated() {
            guard
                let first = output.schemas[..<place].firstIndex(where: {
                    $0.namespace == schema.namespace
                        && $0.profile.flavour == schema.profile.flavour
                }),
                let cause = cause(
                    output.schemas[first].profile, schema.profile,
                    (examples[first] ?? "", examples[place] ?? ""))
            else { continue }
            let texts = Self.texts(desired.schemas[output.sources[first]])
            let others = Self.texts(desired.schemas[output.sources[place]])
            let isZone = output.schemas[first].profile.zone != schema.profile.zone
            let objects = schema.tables.keys.sorted().filter { name in
                guard let text = texts[name], text == others[name],
                    let left = output.schemas[first].tables[name],
                    let right = schema.tables[name]
                else { return false }
                return left.digest != right.digest || isZone && right.hasTimestampLiteral
            }
            guard !objects.isEmpty else { continue }
            found.append(
                ReadingDifference(objects: objects, namespace: schema.namespace, cause: cause))
        }
        return found
    }

    /// The text of every object by its encoded name, without the settings before it.
    private static func texts(_ schema: DesiredSchema) -> [String: String] {
        var result: [String: String] = [:]
        for table in schema.tables { result[table.name] = table.text }
        for object in schema.objects { result[object.name.encoded] = object.statement }
        return result
    }

    private static func cause(
        _ left: ServerProfile, _ right: ServerProfile, _ shards: (String, String)
    ) -> String? {
        func said(_ name: String, _ first: String, _ second: String) -> String {
            "\(name) is \(SQL.literal(first)) on \(shards.0) and \(SQL.literal(second)) on "
                + shards.1
        }
        var causes: [String] = []
        if left.fileMode != right.fileMode {
            causes.append(said("sql_mode", left.fileMode, right.fileMode))
        }
        if left.zone != right.zone { causes.append(said("time_zone", left.zone, right.zone)) }
        return causes.isEmpty ? nil : causes.joined(separator: ", ")
    }

    /// The notice that names the setting.
    var notice: Notice {
        let names = objects.map { ObjectName.label($0, in: namespace) }
        let shown = names.prefix(5).joined(separator: ", ")
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        return Notice(
            code: "read-differently",
            message: "\(shown)\(more): the same file does not mean the same on every shard: "
                + "\(cause)")
    }
}

extension ServerProfile {
    /// The time zone; UTC where none is set.
    fileprivate var zone: String { settings["time_zone"] ?? "+00:00" }
}

extension CatalogTable {
    /// Whether a TIMESTAMP column has a time as its default.
    fileprivate var hasTimestampLiteral: Bool {
        table?.columns.contains { column in
            column.type.lowercased().hasPrefix("timestamp")
                && column.defaultValue?.hasPrefix("'") == true
        } ?? false
    }
}
