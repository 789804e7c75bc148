import Service

/// `plumb log`.
enum LogCommand {
    static let command = Command("log", asking: LogEndpoint.list, options: Option.fleet)
}
