/// Something worth knowing that blocks nothing.
package struct Notice: Codable, Hashable, Sendable {
    package var code: String
    package var message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
