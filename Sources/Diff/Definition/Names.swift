extension String {
    /// Column, index and constraint names differ only by more than letter case.
    func sameName(as other: String) -> Bool {
        self == other || lowercased() == other.lowercased()
    }
}
