import Diff
import Model
import Reports
import Schema

extension Comparison {
    /// What is live, not in git, and has a name that no file can have: each named once, as left
    /// alone. What git has is refused where it differs, and says so there.
    func unfitNames(lookup: (Digest) -> CatalogTable?) -> [Notice] {
        var shards: [Place: (name: String, count: Int)] = [:]
        for variant in variants {
            for state in variant.objects where state.status == .unmanaged {
                guard let found = state.observed.flatMap(lookup), found.unsupported != nil,
                    let unfit = NameCheck.first(in: found.text)
                else { continue }
                let place = Place(
                    namespace: schemas[variant.schema].namespace, table: state.table)
                shards[place, default: (unfit.name, 0)].count += variant.shards.count
            }
        }
        return shards.map { place, found in
            let name = NameCheck.escaped(ObjectName.label(place.table, in: place.namespace))
            let count = Count.of(found.count, "shard")
            return Notice(
                code: "unsupported-name",
                message: "\(name) on \(count) is left alone: the name `\(found.name)` in it has a "
                    + "line break, a tab or another control character")
        }.sorted { $0.message < $1.message }
    }

    private struct Place: Hashable {
        let namespace: String
        let table: String
    }
}
