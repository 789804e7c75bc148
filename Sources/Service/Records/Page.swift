/// A part of a list.
struct Page<Item> {
    let items: [Item]
    /// What `after` is to be for the next page; nil where this is the last one.
    let next: String?

    /// How many entries a page has where nobody says.
    private static var usual: Int { 50 }

    /// The entries behind the one that `after` names; none where it is not in the list.
    ///
    /// - Parameter id: what names an entry.
    init(_ all: [Item], _ asked: Parameters, id: (Item) -> String) {
        var rest = all[...]
        if let after = asked.text(.after) {
            let place = all.firstIndex { id($0) == after }
            rest = place.map { all[($0 + 1)...] } ?? []
        }
        items = Array(rest.prefix(asked.number(.limit) ?? Self.usual))
        next = rest.count > items.count ? items.last.map(id) : nil
    }
}
