/// Decodes `policy.online`.
struct OnlineDecoder {
    let reader: NodeReader

    func online(_ node: YAMLNode) -> OnlinePolicy? {
        guard let fields = reader.fields(node, OnlineKey.self) else { return nil }
        var policy = OnlinePolicy.standard
        let inPlace = fields.read(.inPlace) {
            reader.choice($0, $1, OnlinePolicy.InPlace.self)
        }
        policy.inPlace = inPlace ?? policy.inPlace
        policy.smallBytes = fields.read(.small, bytes) ?? policy.smallBytes
        policy.belowBytes = fields.read(.below, bytes) ?? policy.belowBytes
        let keep = fields.read(.keep) { reader.durationSeconds($0, $1, in: 0...2_592_000) }
        policy.keepSeconds = keep ?? policy.keepSeconds
        if let small = fields[.small], policy.inPlace != .small, inPlace != nil {
            return reader.invalid(
                small, "`small` counts only under `inplace: small`",
                "write `inplace: small` with it, or leave it out")
        }
        if fields[.small] != nil, inPlace == nil { policy.inPlace = .small }
        return policy
    }

    private func bytes(_ node: YAMLNode, _ what: String) -> UInt64? {
        let remedy = "write a number with its unit, like `512MB` or `1GB`"
        guard case .scalar(let scalar) = node.content, case .string(let text) = scalar.value
        else { return reader.wrongType(node, what, "a size", remedy: remedy) }
        guard let bytes = ByteText.bytes(text) else {
            return reader.invalid(node, "\(what) is `\(text)`, which is not a size", remedy)
        }
        return bytes
    }
}
