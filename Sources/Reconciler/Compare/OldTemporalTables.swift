import Diff
import Model
import Schema

extension Comparison {
    /// Notices for tables that keep dates and times in one of the ``OldTemporals`` and are not
    /// rebuilt: one for each table of a namespace, with what can be done.
    func oldTemporals() -> [Notice] {
        var tables: [Place: Set<ObjectName>] = [:]
        for variant in variants {
            let schema = schemas[variant.schema]
            let names = variant.objects.filter { $0.isInOldFormat && $0.status == .inSync }
            guard !names.isEmpty else { continue }
            let place = Place(
                namespace: schema.namespace, isMadeSo: schema.profile.makesOldTemporals)
            tables[place, default: []].formUnion(names.map(\.object))
        }
        return tables.map { place, names in
            let names = names.map { $0.label(in: place.namespace) }.sorted()
            let shown = names.prefix(5).joined(separator: ", ")
            let more = names.count > 5 ? " and \(names.count - 5) more" : ""
            let remedy =
                place.isMadeSo
                ? "the server makes it so: set `\(OldTemporals.setting)` to ON first"
                : "they leave it with the next change that copies the table, or with "
                    + "`old_temporals: rebuild` of the namespace"
            return Notice(
                code: "old-temporals",
                message: "\(shown)\(more): dates and times are kept in an old format; \(remedy)")
        }.sorted { $0.message < $1.message }
    }

    private struct Place: Hashable {
        let namespace: String
        let isMadeSo: Bool
    }
}
