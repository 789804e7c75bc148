extension Operator {
    /// The fleet as the operator lets it be: places and policy are his where he says something.
    ///
    /// Throws where `plumb.yaml` asks for less than it must.
    package func ruling(_ fleet: Fleet) throws(DesiredError) -> Fleet {
        var result = fleet
        result.policy = try require.raised(fleet.policy)
        if let ledger { result.ledger = ledger }
        if let ledgerKey { result.ledgerKey = LocalPath(ledgerKey) }
        if let workspace {
            var settings = WorkspaceSettings(
                host: workspace.host ?? fleet.workspace.host,
                prefix: workspace.prefix ?? fleet.workspace.prefix)
            settings.followsHostMap = workspace.host == nil
            result.workspace = settings
        }
        return result
    }
}
