import Basics

extension Fleet {
    /// Throws where what is over stays in the ledger for a shorter time than an approval counts.
    ///
    /// An approval file that is still in the repository is known as used only as long as the
    /// record of its use is in the tree.
    ///
    /// - Parameter lifetimeSeconds: how long an approval counts at most.
    package func requireRetention(lifetimeSeconds: Int64) throws(DesiredError) {
        guard let retention, Int64(retention.value) < lifetimeSeconds else { return }
        let diagnostics = DiagnosticList()
        let least = Self.duration(lifetimeSeconds)
        diagnostics.error(
            .invalidValue,
            "`retention` is \(Self.duration(Int64(retention.value))), and an approval counts for "
                + "up to \(least): it could be forgotten that one was used",
            remedy: "keep at least \(least), or let approvals count for less time (`limits: "
                + "{approval: …}` of the operator's file)",
            at: retention.location)
        try diagnostics.check()
    }

    /// As it is written in the file, in the largest units that fit.
    private static func duration(_ seconds: Int64) -> String {
        var (rest, text) = (seconds, "")
        for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)]
        where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
