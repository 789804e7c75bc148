/// Every command; help and parsing use only this table.
enum CommandTable {
    static let commands: [Command] = [
        ValidateCommand.command,
        LintCommand.command,
        FmtCommand.command,
        PlanCommand.command,
        DriftCommand.command,
        ReconcileCommand.command,
        DecisionCommands.approve,
        DecisionCommands.deny,
        VerifyApprovalsCommand.command,
        StatusCommand.command,
        RolloutCommands.stop,
        RolloutCommands.start,
        RolloutCommands.release,
        SuspensionCommands.suspend,
        SuspensionCommands.resume,
        ShowCommand.command,
        LogCommand.command,
        ImportCommand.command,
        WindowsCommand.command,
        DoctorCommand.command,
        StoreCommand.verify,
        StoreGCCommand.command,
        StoreCopyCommand.command,
        DaemonCommand.command,
    ]
}
