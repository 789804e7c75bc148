import Schema

/// Tests name an object as records write it: `"orders"`, `"view:v"`.
///
/// The product reads names of outside text by `ObjectName(encoded:)`, and says so where it does.
extension ObjectName: ExpressibleByStringInterpolation {
    package init(stringLiteral encoded: String) { self.init(encoded: encoded) }
}
