import TestSupport

/// The error of `body`; nil when it throws none.
func mysqlError(_ body: () throws -> Void) -> MySQLError? {
    do {
        try body()
        return nil
    } catch {
        return error as? MySQLError
    }
}

extension MariaDBServer {
    /// Makes an account that may do `privileges`, and settings that log in as it.
    func account(
        _ user: String, password: String, privileges: String? = nil, requirements: String = ""
    ) throws -> ConnectionSettings {
        let connection = try connect()
        try connection.execute(
            "CREATE USER '\(user)'@'%' IDENTIFIED BY '\(password)' \(requirements)")
        if let privileges { try connection.execute("GRANT \(privileges) TO '\(user)'@'%'") }
        var settings = settings
        settings.credentials = Credentials(user: user, password: Secret(password))
        return settings
    }
}
