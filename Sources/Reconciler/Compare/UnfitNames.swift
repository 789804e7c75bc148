import Diff
import Model
import Schema

extension Comparison {
    /// Notices for live objects that are not in git and whose names no schema file can have: each
    /// name once, and that it is left alone. Where git defines the object, its difference is
    /// reported with its reason instead.
    func unfitNames(lookup: (Digest) -> CatalogTable?) -> [Notice] {
        var shards: [Place: (name: String, count: Int)] = [:]
        for variant in variants {
            for state in variant.objects where state.status == .unmanaged {
                guard let found = state.observed.flatMap(lookup), found.unsupported != nil,
                    let unfit = NameCheck.first(in: found.text)
                else { continue }
                let place = Place(
                    namespace: schemas[variant.schema].namespace, object: state.object)
                shards[place, default: (unfit.name, 0)].count += variant.shards.count
            }
        }
        return shards.map { place, found in
            let name = NameCheck.escaped(place.object.label(in: place.namespace))
            let count = Count.of(found.count, "shard")
            return Notice(
                code: "unsupported-name",
                message: "\(name) on \(count) is left alone: the name `\(found.name)` in it has a "
                    + "line break, a tab or another control character")
        }.sorted { $0.message < $1.message }
    }

    private struct Place: Hashable {
        let namespace: String
        let object: ObjectName
    }
}
