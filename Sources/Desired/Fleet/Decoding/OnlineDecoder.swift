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
        policy.maxLagSeconds =
            fields.read(.maxLag) { reader.durationSeconds($0, $1, in: 1...86_400) }
            ?? policy.maxLagSeconds
        policy.replicas =
            fields.read(.replicas) { node, what in
                reader.list(node, what)?.compactMap { reader.server($0, what) }
            } ?? policy.replicas
        policy.maxThreadsRunning =
            fields.read(.maxThreadsRunning) { reader.integer($0, $1, in: 1...100_000) }
            ?? policy.maxThreadsRunning
        policy.maxCommitMilliseconds =
            fields.read(.maxCommit, milliseconds) ?? policy.maxCommitMilliseconds
        policy.minFreeBytes = fields.read(.minFree, bytes) ?? policy.minFreeBytes
        if let small = fields[.small], policy.inPlace != .small, inPlace != nil {
            return reader.invalid(
                small, "`small` counts only under `inplace: small`",
                "write `inplace: small` with it, or leave it out")
        }
        if fields[.small] != nil, inPlace == nil { policy.inPlace = .small }
        return policy
    }

    /// Reads `500ms`, or a duration as everywhere else.
    private func milliseconds(_ node: YAMLNode, _ what: String) -> Int? {
        guard case .scalar(let scalar) = node.content, case .string(let text) = scalar.value,
            text.hasSuffix("ms"), let count = Int(text.dropLast(2)), (1...60_000).contains(count)
        else {
            return reader.durationSeconds(node, what, in: 1...60).map { $0 * 1_000 }
        }
        return count
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
