extension Operator {
    /// The fleet with the operator's accounts, places and policy where the operator's file has any.
    ///
    /// Throws where `plumb.yaml` asks for less than the operator requires.
    package func applied(to fleet: Fleet) throws(DesiredError) -> Fleet {
        var result = fleet
        result.policy = try require.raised(fleet.policy)
        if let ledger { result.ledger = ledger }
        // An account of plumb.yaml counts for nothing here, as for shards.
        result.ledgerConnection = ledgerConnection
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
