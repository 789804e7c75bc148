/// What a store takes on the disk.
package struct StoreSize: Sendable, Hashable {
    /// The objects in files, or rows, of their own.
    package let singles: Int
    /// The files that hold many objects.
    package let packs: Int
    /// The bytes of both, with the indexes.
    package let bytes: Int

    package init(singles: Int, packs: Int, bytes: Int) {
        self.singles = singles
        self.packs = packs
        self.bytes = bytes
    }
}
