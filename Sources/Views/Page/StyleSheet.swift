/// The style that reports in HTML and the console's page have in common.
package enum StyleSheet {
    /// As a file of its own, in UTF-8.
    package static let bytes: [UInt8] = PackageResources.plumb_css
    /// The same to stand in a page.
    static let text = String(decoding: bytes, as: UTF8.self)
}
