extension ObjectName {
    /// The order in which objects are created, as far as it depends on their kinds.
    package func precedes(_ other: ObjectName) -> Bool {
        (rank, name) < (other.rank, other.name)
    }

    private var rank: Int {
        switch kind {
        case .sequence: 0
        case .table: 1
        case .procedure, .function: 2
        case .view: 3
        case .trigger: 4
        case .event: 5
        }
    }
}
