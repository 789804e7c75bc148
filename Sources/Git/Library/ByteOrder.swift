/// Whether `left` sorts before `right` by bytes, as git sorts names.
package func bytesPrecede(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}
