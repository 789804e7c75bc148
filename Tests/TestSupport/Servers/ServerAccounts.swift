extension TestServer {
    /// Makes an account that may log in from everywhere and do `privileges`, such as
    /// `SELECT ON *.*`; settings that log in as it.
    ///
    /// - Parameter requirements: what stands behind the password, such as `REQUIRE X509`.
    package func account(
        _ user: String, password: String, privileges: String? = nil, requirements: String = ""
    ) throws -> ConnectionSettings {
        let connection = try connect()
        try connection.execute(
            "CREATE USER '\(user)'@'%' IDENTIFIED BY '\(password)' \(requirements)")
        if let privileges { try connection.execute("GRANT \(privileges) TO '\(user)'@'%'") }
        return settings(of: user, password: password)
    }

    /// Settings that log in as `user`.
    package func settings(of user: String, password: String? = nil) -> ConnectionSettings {
        var settings = settings
        settings.credentials = Credentials(user: user, password: password.map { Secret($0) })
        return settings
    }
}
