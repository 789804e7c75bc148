import Service

/// `plumb windows`.
enum WindowsCommand {
    static let command = Command(
        "windows", asking: WindowsEndpoint.list,
        details: """
            Reads the schema repository alone. Says of every window whether it is open at the time,
            and when changes may start next. Exit status 0 where they may at the time, 3 where not.
            """)
}
